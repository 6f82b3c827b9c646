import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

/**
 * Ends a test run with the name of every test that did not run, and why.
 *
 * The reason is what the test gave to `context.skip(reason)`; `test/needs.ts` gives the usual ones.
 * With `-t PATTERN` Vitest counts everything that does not match as skipped; those are left out.
 */
export default class SkippedReporter implements Reporter {
  #filtered = false;

  onInit(vitest: Vitest): void {
    this.#filtered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules
      .flatMap((module) => [...module.children.allTests('skipped')])
      .map((test) => describeSkip(test))
      .filter((skip) => !this.#filtered || skip.reason !== undefined)
      .map(({ name, reason }) => `  ${name}: ${reason ?? 'no reason given'}`);
    if (lines.length === 0) return;
    process.stdout.write(`\n${String(lines.length)} skipped:\n${lines.join('\n')}\n`);
  }
}

function describeSkip(test: TestCase): { name: string; reason: string | undefined } {
  const result = test.result();
  const reason = result.state === 'skipped' ? result.note : undefined;
  return { name: `${test.module.relativeModuleId} > ${test.fullName}`, reason };
}
