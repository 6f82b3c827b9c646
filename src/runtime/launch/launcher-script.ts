/**
 * The program of a launcher, for bash, which alone gives a program its own process group without a
 * terminal and without one more process image. It reads commands from its stdin, one program at a
 * time, and answers on its stdout and stderr, which are one:
 *
 * - `+PID` when a process was made. It leads a group of its own, and becomes the program.
 * - `=STATUS` when the program has ended, or when no process could be made, and the launcher is
 *   free. (A command ends with `echo "=$?"`, see `launchCommand`, because bash gives up the rest
 *   of a line when it cannot fork.)
 * - Anything else before `=`: bash's own words. After a status above 128 they mean that a signal
 *   has ended the program, which the status alone does not tell from `exit 137`.
 *
 * What a program is told of by its environment is kept in the launcher's variables, from program to
 * program. LC_ALL is a variable that is not exported: it keeps bash itself out of other locales.
 * While a program is stopped, bash's `wait` does not wait.
 * A launcher that is asked to end takes its program along.
 */
export const LAUNCHER_SCRIPT = `
unset OLDPWD SHLVL
export -n PATH LC_ALL
export PWD
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
set -m
run() {
  exec "\${@:4}" <"$1" >"$2" 2>"$3" &
  trap 'kill -s KILL -- "-$!"; exit 143' TERM
  echo "+$!"
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
  trap - TERM
  return "$code"
}
`;
