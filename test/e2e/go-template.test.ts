/** Our templates against Go's own, on templates that nobody thought of. `EMCO_SEED` takes another seed. */
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { fill } from '#cli/template/fill.ts';
import { parseTemplate } from '#cli/template/parse.ts';
import { TemplateError } from '#cli/template/template-error.ts';
import { toValue } from '#cli/template/to-value.ts';
import { buildGo, hasGo } from '#lab/build-go.ts';
import { runCommand } from '#lab/resolver/index.ts';
import { templates, values } from '#test/support/go-templates.ts';

interface Outcome {
  readonly text: string;
  readonly error?: string;
}

function fillHere(template: string, json: string): Outcome {
  try {
    return { text: fill(parseTemplate(template), toValue(json)).text };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { text: '', error: error.message };
  }
}

/** Without Go on the machine there is nothing to compare with. */
describe.skipIf(!(await hasGo()))('a template that Go fills', () => {
  it('comes out the same here, and is an error here when it is one there', async () => {
    const seed = Number(process.env['EMCO_SEED'] ?? 15);
    const tasks = fc.sample(fc.record({ template: templates, values }), { seed, numRuns: 5000 });
    const said = await runCommand([await buildGo('template')], { input: JSON.stringify(tasks) });
    // The program is ours and answers with a list of outcomes in the order of the tasks.
    const outcomes = JSON.parse(said) as readonly Outcome[];
    const wrong = tasks.flatMap(({ template, values }, index) => {
      const go = outcomes[index];
      const here = fillHere(template, JSON.stringify(values));
      const isSame = go?.text === here.text && (go.error === undefined) === (here.error === undefined);
      return isSame || /^printf: .* is not supported$/.test(here.error ?? '') ? [] : [{ template, values, go, here }];
    });
    expect(wrong).toEqual([]);
    expect(outcomes.filter(({ text }) => text !== '').length).toBeGreaterThan(1000);
  });
});
