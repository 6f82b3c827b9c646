/**
 * The program of a launcher, for bash, which alone gives a program its own process group without a
 * terminal and without one more process image. It reads commands from its stdin, one program at a
 * time, and answers on its stdout and stderr, which are one:
 *
 * - `+PID` when a process was made. It leads a group of its own, and becomes the program.
 * - `=STATUS` when the program has ended, or when no process could be made, and the launcher is
 *   free. (`told` is a line of its own because bash gives up the rest of a line when it cannot
 *   fork.)
 * - Anything else before `=`: bash's own words. After a status above 128 they mean that a signal
 *   has ended the program, which the status alone does not tell from `exit 137`.
 *
 * With a feeder, which is `dd` in a group of its own, writing into the program's stdin:
 *
 * - `<PID` of the feeder comes before `+`. From `+` on its end of the FIFO is open.
 * - `~STATUS N` when the program has ended; N is 0 if the feeder was still running then.
 * - `=STATUS` is the feeder's; it has to be killed for that, unless it has ended.
 *
 * A program opens its stdin for both ways first, which never waits: its whole input may have been
 * written and the writer be gone by then.
 *
 * What a program is told of by its environment is kept in the launcher's variables, from program to
 * program. LC_ALL is a variable that is not exported: it keeps bash itself out of other locales.
 * While a program is stopped, bash's `wait` does not wait.
 * A launcher that is asked to end takes its program along, even one that it is just starting.
 */
export const LAUNCHER_SCRIPT = `
unset OLDPWD SHLVL
export -n PATH LC_ALL
export PWD
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
set -m
told() { echo "=$?"; }
# Before bash 4.1, which reads no number of bytes, the commands are lines as any other.
asked() { :; }
case $BASH_VERSION in
  [0-3].* | 4.0.*) ;;
  *) asked() {
    IFS= read -r -N "$1"
    eval "$REPLY"
  } ;;
esac
await() {
  wait "$!"
  local code=$?
  if [ "$code" -gt 128 ]; then
    while kill -s 0 -- "$!" 2>/dev/null; do
      PATH=/usr/bin:/bin sleep 1
      wait "$!"
      code=$?
    done
    jobs
  fi
  return "$code"
}
run() {
  local muster_asked=
  trap 'muster_asked=1' TERM
  exec "\${@:4}" 9<>"$1" <"$1" 9>&- >"$2" 2>"$3" &
  trap 'kill -s KILL -- "-$!"; exit 143' TERM
  [ -z "$muster_asked" ] || kill -s TERM "$$"
  echo "+$!"
  await
  local code=$?
  trap - TERM
  return "$code"
}
fed() {
  local muster_asked=
  exec 7>"$1"
  trap 'muster_asked=1' TERM
  PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C dd iflag=skip_bytes,count_bytes bs=128K \\
    skip="$5" count="$6" <"$4" >&7 2>"$1.dd" 7>&- &
  set -- "$!" "$@"
  exec "\${@:8}" <"$2" >"$3" 2>"$4" 7>&- &
  exec 7>&-
  trap 'kill -s KILL -- "-$!" "-$1"; exit 143' TERM
  [ -z "$muster_asked" ] || kill -s TERM "$$"
  echo "<$1"
  echo "+$!"
  await
  local code=$?
  kill -s 0 -- "$1" 2>/dev/null
  echo "~$code $?"
  wait "$1"
  code=$?
  trap - TERM
  return "$code"
}
`;
