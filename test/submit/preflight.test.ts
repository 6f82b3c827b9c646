import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/runtime/user-error.ts';
import { bench, PROGRAMS, submit } from './submit-bench.ts';

describe('refused before anything is sent, with exit code 2:', () => {
  const REFUSED: Readonly<Record<string, readonly [readonly string[], string]>> = {
    'an input that is not there': [
      ['-i', 'nowhere/', ...PROGRAMS],
      'Cannot read input "nowhere/": no such file or directory',
    ],
    'standard input': [
      ['-i', '-', ...PROGRAMS],
      'Cannot read input "-": standard input is not a file that Workers could read; add --local, which reads it first, or save it to a file and name that',
    ],
    'a file of this process alone': [
      ['-i', '/dev/fd/63', ...PROGRAMS],
      'Cannot read input "/dev/fd/63": it is not a regular file; add --local, which reads it first, or save it to a file and name that',
    ],
    'an input that is no file': [
      ['-i', '/dev/null', ...PROGRAMS],
      'Cannot read input "/dev/null": it is not a regular file; add --local, which reads it first, or save it to a file and name that',
    ],
    'an input whose name lost its bytes': [
      ['-i', 'caf\uFFFD.txt', ...PROGRAMS],
      'Cannot read input "caf\uFFFD.txt": its name is not UTF-8; rename it',
    ],
    'standard input twice': [
      ['--local', '-i', '-', '/dev/stdin', ...PROGRAMS],
      'Cannot read input "/dev/stdin" twice: it is gone when it was read once',
    ],
    'a pipe in a command': [
      ['-m', 'cat | sort', '-r', 'sum'],
      'Cannot use mapper "cat | sort": "|" means something only to a shell, and none is run: quote it, or add --shell',
    ],
    'a line for a shell with an error in it': [
      ['--shell', '-m', 'cat | | sort', '-r', 'sum'],
      'Cannot use mapper: program "cat | | sort" is not what bash understands: line 1: syntax error near unexpected token `|\'',
    ],
    'an empty line for a shell': [
      ['--shell', '-m', ' ', '-r', 'sum'],
      'Cannot use mapper " ": it is empty',
    ],
    'a program that is not there': [
      ['-m', './no.sh', '-r', 'sum'],
      'Cannot use mapper: program "./no.sh": no such file',
    ],
    'a built-in where it cannot work': [
      ['-m', 'sum', '-r', 'sum'],
      'Cannot use the built-in "sum" as mapper: it needs the values of a key together; "identity" is the only built-in mapper',
    ],
    'a variable that is not set': [
      [...PROGRAMS, '--env', 'NOT_THERE'],
      'Cannot use "NOT_THERE" for --env: it is not set here; write NOT_THERE=VALUE',
    ],
    'a variable without a name': [
      [...PROGRAMS, '--env', '=x'],
      'Cannot use "=x" for --env: write NAME=VALUE or NAME; a name is letters, digits and "_", not beginning with a digit',
    ],
    'a variable that shells would drop': [
      [...PROGRAMS, '--env', 'a.b=1'],
      'Cannot use "a.b=1" for --env: write NAME=VALUE or NAME; a name is letters, digits and "_", not beginning with a digit',
    ],
  };

  it.each(Object.entries(REFUSED))('%s', async (_name, [argv, message]) => {
    const { manager, client } = await bench();
    const refused = submit(manager, client, ...argv, '-o', 'out');
    await expect(refused).rejects.toMatchObject({ message, exitCode: 2 });
    await expect(refused).rejects.toBeInstanceOf(UserError);
    expect(manager.types()).not.toContain('new_manager_job');
  });
});

describe('a line for a shell where there is no bash', () => {
  const SHELL = ['--shell', '-m', 'cat | sort', '-r', 'sum', '-o', 'out'];

  it('is refused with --local', async () => {
    const { manager, client } = await bench();
    const noBash = { ...client, environment: { PATH: client.directory } };
    await expect(submit(manager, noBash, '--local', ...SHELL)).rejects.toMatchObject({
      message:
        'Cannot use mapper: a line for a shell needs bash, which is not on the PATH here (--shell)',
      exitCode: 2,
    });
  });

  it('is only warned about when Workers may have it', async () => {
    const { manager, client } = await bench();
    const noBash = { ...client, environment: { PATH: client.directory } };
    expect(await submit(manager, noBash, '--detach', ...SHELL)).toBe(0);
    expect(client.stderrText()).toContain(
      'Warning: mapper: bash is not on the PATH here; Workers must have it on theirs (--shell)',
    );
  });
});
