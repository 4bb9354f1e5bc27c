/** Templates and values as fast-check makes them, for comparing with Go. */
import * as fc from 'fast-check';

const word = fc.constantFrom('edge', 'cluster1', '', 'a b', '10.0.0.1', 'größe', '7');
const scalar = fc.oneof(
  word,
  fc.integer({ min: -30, max: 40_000 }),
  fc.boolean(),
  fc.constantFrom(1.5, -0.25, 1e-7),
  fc.constant(null),
);
const list = fc.array(scalar, { maxLength: 3 });

/** Always the same keys, some of them empty, so that paths often lead somewhere. */
export const values = fc.record({
  Name: word,
  Port: fc.integer({ min: 0, max: 65_535 }),
  Flag: fc.boolean(),
  Float: fc.constantFrom(0.5, 2.75, 1e21, 123_456.789),
  Nothing: fc.constant(null),
  List: list,
  Clusters: fc.array(fc.record({ Name: word, Ports: fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 2 }) }), {
    maxLength: 3,
  }),
  Map: fc.dictionary(fc.constantFrom('a', 'b', 'Z', 'ä'), scalar, { maxKeys: 4 }),
  Deep: fc.record({ Inner: fc.record({ Value: scalar }) }),
});

const path = fc.constantFrom(
  ...'.Name .Port .Flag .Float .Nothing .List .Clusters .Map .Map.a .Deep.Inner.Value .Missing .Missing.More . $ $.Name $.Port $.List .Ports'.split(
    ' ',
  ),
);
const literal = fc.constantFrom('1', '0', '-3', '0x1f', '2.5', '"edge"', '"a\\n\\"b"', '`raw`', 'true', 'false', "'c'");

const nested: { readonly expression: fc.Arbitrary<string> } = fc.letrec<{ expression: string; call: string }>((tie) => {
  const argument = fc.oneof(
    { weight: 4, arbitrary: path },
    { weight: 2, arbitrary: literal },
    { weight: 1, arbitrary: tie('call').map((call) => `(${call})`) },
  );
  const calling = (names: readonly string[], least: number, most: number) =>
    fc
      .tuple(fc.constantFrom(...names), fc.array(argument, { minLength: least, maxLength: most }))
      .map(([name, args]) => [name, ...args].join(' '));
  const format = fc.constantFrom(
    '"%v"',
    '"%s-%d"',
    '"%5d|%-5d|%05d"',
    '"%q"',
    '"%t"',
    '"%.2f"',
    '"%x"',
    '"%8.3s|"',
    '"%+d"',
    '"%g %%"',
    '"%T"',
    '"%e"',
    '"no verb"',
  );
  return {
    call: fc.oneof(
      calling(['eq', 'ne', 'lt', 'le', 'gt', 'ge'], 1, 3),
      calling(['and', 'or'], 1, 3),
      calling(['not', 'len'], 1, 1),
      calling(['index'], 1, 3),
      // Go's own slice takes no field as a bound.
      fc.constantFrom('slice .List 0 1', 'slice .Name 1', 'slice "größe" 0 4', 'slice .List 2 1'),
      calling(['print', 'println'], 0, 3),
      fc.tuple(format, fc.array(argument, { maxLength: 3 })).map(([text, args]) => ['printf', text, ...args].join(' ')),
    ),
    expression: fc.oneof(
      { weight: 3, arbitrary: path },
      { weight: 1, arbitrary: literal },
      { weight: 3, arbitrary: tie('call') },
      {
        weight: 1,
        arbitrary: fc
          .tuple(
            tie('expression'),
            fc.constantFrom('len', 'print', 'not', 'printf "%v"', 'eq 1', 'and true', 'index $.Map'),
          )
          .map(([one, next]) => `${one} | ${next}`),
      },
    ),
  };
});

const open = fc.constantFrom('{{', '{{ ', '{{- ');
const close = fc.constantFrom('}}', ' }}', ' -}}');
const text = fc.constantFrom('', 'name: ', '\n', ' \n  - ', 'x', '\t', '{', '}', '---\n');

/** One action with its delimiters. */
const action = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(open, inner, close).map(([before, middle, after]) => `${before}${middle}${after}`);

const alone = (name: string): fc.Arbitrary<string> => action(fc.constant(name));

export const templates: fc.Arbitrary<string> = fc.letrec<{ body: string; node: string }>((tie) => {
  const control = (head: fc.Arbitrary<string>, middle: fc.Arbitrary<string>) =>
    fc.tuple(action(head), tie('body'), middle, alone('end')).map((parts) => parts.join(''));
  const otherwise = fc.oneof(
    fc.constant(''),
    fc.tuple(alone('else'), tie('body')).map((parts) => parts.join('')),
  );
  const { expression } = nested;
  const elseIf = fc
    .tuple(action(expression.map((one) => `else if ${one}`)), tie('body'))
    .map((parts) => parts.join(''));
  const items = fc.constantFrom(
    '.List',
    '.Clusters',
    '.Map',
    '.Ports',
    '.Port | printf "%d" | len',
    '.Missing',
    '$.Clusters',
    '3',
  );
  return {
    body: fc.array(fc.oneof(text, tie('node')), { maxLength: 4 }).map((parts) => parts.join('')),
    node: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      action(expression),
      action(expression),
      action(fc.constantFrom('/* a comment */', '$v := .Name', '$v')),
      control(
        expression.map((one) => `if ${one}`),
        fc.oneof(otherwise, elseIf),
      ),
      control(
        expression.map((one) => `with ${one}`),
        otherwise,
      ),
      control(
        expression.map((one) => `with $w := ${one}`),
        otherwise,
      ),
      control(
        items.map((one) => `range ${one}`),
        otherwise,
      ),
      control(
        items.map((one) => `range $i, $e := ${one}`),
        fc.constantFrom('{{ $i }}={{ $e }};', '{{ if eq $i 1 }}{{ break }}{{ end }}{{ $e.Name }}'),
      ),
      control(
        fc.constantFrom('range $e := .Clusters'),
        fc.constantFrom('{{ $e.Name }},', '{{ .Name }}{{ continue }}!'),
      ),
      fc.constant('{{ define "line" }}<{{ . }}>{{ end }}{{ template "line" .Name }}'),
    ),
  };
}).body;
