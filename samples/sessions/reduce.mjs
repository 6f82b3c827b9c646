#!/usr/bin/env node
// Reads "user,time,page" sorted by user and then by time; prints "user,first time,last time,pages"
// for every session. A session ends when its user is silent for more than 30 minutes.
// With --separator , the key is the user and "time,page" the value, and --sort-values puts a user's
// clicks in order, so one session is all that is remembered, however long a user's story is.
// readline would take a U+2028 or a lone CR for the end of a line: fit for these clicks, not for any bytes.

import { createInterface } from 'node:readline';

const SILENCE_MS = 30 * 60 * 1000;

let session;

function endSession() {
  if (session) console.log(`${session.user},${session.first},${session.last},${session.pages}`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const [user, time] = line.split(',');
  const isSame =
    session?.user === user && Date.parse(`${time}Z`) - Date.parse(`${session.last}Z`) <= SILENCE_MS;
  if (!isSame) {
    endSession();
    session = { user, first: time, last: time, pages: 0 };
  }
  session.last = time;
  session.pages += 1;
}
endSession();
