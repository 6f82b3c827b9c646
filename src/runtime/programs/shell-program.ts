/**
 * How bash is started for a line of `--shell`: as `bash -o pipefail -c LINE`, but a stage that wrote
 * into a pipe that nobody reads any more (141), and is not the last of its pipeline, has not failed.
 *
 * `yes | head -3` is 141 to a plain bash with pipefail, and only its PIPESTATUS tells that from a
 * last stage that died so. It is there for a moment after the pipeline: in the ERR trap, which all
 * functions and subshells inherit here (`set -E`). What it finds there is kept until the next
 * command begins (the DEBUG trap, which removes itself), so that it holds for the function, group
 * or `eval` around the pipeline as well, and `set -e` is off for so long.
 *
 * The line is run by `eval` behind its own EXIT trap and here-documents, which therefore cannot take
 * away what follows. A line that replaces the ERR trap gets the plain status of bash.
 */
export function shellArguments(line: string): readonly string[] {
  return ['-o', 'pipefail', '-c', START, 'bash', PRELUDE, line];
}

const START =
  'eval "$1"; __muster_line=$2; shift 2; eval -- "$__muster_line"; __muster_exit "$?" "${PIPESTATUS[@]}"';

/**
 * `__muster_code` is what the pipeline that was the last to run comes to, where bash says 141: 0, or
 * the code of the last stage that really failed. Empty otherwise.
 */
const PRELUDE = `set -ET
__muster_code=
__muster_judge() {
  local stage
  (( $1 == 141 )) || { __muster_code=; return 0; }
  (( $# > 2 )) || return 0
  __muster_code=0
  shift
  while (( $# > 0 )); do
    stage=$1
    shift
    (( stage == 0 || ( stage == 141 && $# > 0 ) )) || __muster_code=$stage
  done
}
__muster_err() {
  __muster_judge "$@"
  [[ -n $__muster_code ]] || return 0
  if [[ $__muster_code == 0 && $- == *e* ]]; then
    set +e
    __muster_errexit=1
  fi
  if (( BASH_SUBSHELL > 0 )); then
    case $(trap -p EXIT) in
      '' | *__muster_exit*) trap '__muster_exit "$?" "\${PIPESTATUS[@]}"' EXIT ;;
    esac
  fi
  __muster_command=$BASH_COMMAND
  trap '__muster_next' DEBUG
}
__muster_next() {
  [[ \${FUNCNAME[1]-} != __muster_* ]] || return 0
  [[ $BASH_COMMAND != "$__muster_command" && $BASH_COMMAND != @(eval|__muster_exit)\\ * ]] || return 0
  trap - DEBUG
  __muster_code=
  [[ -z \${__muster_errexit-} ]] || set -e
  __muster_errexit=
}
__muster_exit() {
  __muster_judge "$@"
  exit "\${__muster_code:-$1}"
}
trap 'case $? in 141) __muster_err 141 "\${PIPESTATUS[@]}" ;; *) __muster_code= ;; esac' ERR
trap '__muster_exit "$?" "\${PIPESTATUS[@]}"' EXIT
`;
