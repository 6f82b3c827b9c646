import { GUARD_VARIABLE } from './environment.ts';

/**
 * The guard's program, for any POSIX shell: `$1` the Worker's nonce, the others
 * its scratch directories.
 *
 * It reads which process groups live until its stdin ends, which is when the Worker has died, in
 * whatever way. Then it kills those groups, and every process that has the nonce in its
 * environment: one that left its group with `setsid`, and one that was started too late to be
 * announced. It looks again until two looks in a row find nothing, because a process may have
 * forked while it was being killed. Where there is no /proc only the groups are killed.
 */
export const GUARD_SCRIPT = `
trap '' INT TERM HUP QUIT
groups=' '
while read -r line; do
  group=\${line#?}
  case $line in
    +*) groups="$groups$group " ;;
    -*) case $groups in
      *" $group "*) groups="\${groups%%" $group "*} \${groups#*" $group "}" ;;
    esac ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
looks=0
quiet=0
while [ $quiet -lt 2 ] && [ $looks -lt 200 ]; do
  looks=$((looks + 1))
  quiet=$((quiet + 1))
  for found in $(grep -lsF "${GUARD_VARIABLE}=$1" /proc/[0-9]*/environ); do
    quiet=0
    process=\${found#/proc/}
    kill -s KILL "\${process%/environ}" 2>/dev/null
  done
  sleep 0.05
done
shift
rm -rf -- "$@"
`;
