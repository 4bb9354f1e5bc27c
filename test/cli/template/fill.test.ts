import { describe, expect, it } from 'vitest';
import { fill } from '#cli/template/fill.ts';
import { parseTemplate } from '#cli/template/parse.ts';
import { TemplateError, toPlace } from '#cli/template/template-error.ts';
import { toValue } from '#cli/template/to-value.ts';

const values = `
Project: proj1
Port: 30415
Ratio: 0.5
Flag: true
Nothing:
Clusters:
  - {Name: c1, Labels: [east, edge]}
  - {Name: c2, Labels: []}
Kv: {b: two, a: 1}
`;

const filled = (template: string): string => fill(parseTemplate(template), toValue(values)).text;

function problemOf(template: string): string {
  try {
    return `no error but ${filled(template)}`;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { line, column } = toPlace(template, error.offset);
    return `${line}:${column} ${error.message}`;
  }
}

describe('a template', () => {
  it.each([
    ['projects/{{ .Project }}/x', 'projects/proj1/x'],
    ['{{.Port}} {{ .Ratio }} {{ .Flag }} {{ $.Project }}', '30415 0.5 true proj1'],
    ['{{ .Missing }} {{ .Missing.Deeper }} {{ .Nothing }}', '<no value> <no value> <no value>'],
    ['{{- range $i, $c := .Clusters }}\n- {{ $i }}: {{ $c.Name }}\n{{- end }}\n', '\n- 0: c1\n- 1: c2\n'],
    [
      '{{ range .Clusters }}{{ .Name }}:{{ range .Labels }}{{ . }},{{ else }}none{{ end }};{{ end }}',
      'c1:east,edge,;c2:none;',
    ],
    ['{{ range $k, $v := .Kv }}{{ $k }}={{ $v }} {{ end }}', 'a=1 b=two '],
    ['{{ if and .Flag (eq .Project "proj1") }}yes{{ else }}no{{ end }}', 'yes'],
    ['{{ if not .Flag }}a{{ else if gt .Port 30000 }}b{{ else }}c{{ end }}', 'b'],
    ['{{ with index .Clusters 1 }}{{ .Name }} of {{ $.Project }}{{ end }}', 'c2 of proj1'],
    ['{{ index .Kv "b" }} {{ (index .Clusters 0).Name }} {{ len .Clusters }}', 'two c1 2'],
    ['{{ $n := 0 }}{{ range .Clusters }}{{ $n = .Name }}{{ end }}{{ $n }}', 'c2'],
    ['{{ printf "%s-%03d" .Project 7 | printf "%q" }}', '"proj1-007"'],
    ['a {{- /* nothing */ -}} b{{/* nor here */}}', 'ab'],
    ['{{ range 3 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}', '02'],
    ['{{ define "n" }}<{{ . }}>{{ end }}{{ template "n" .Project }}{{ block "m" 1 }}{{ . }}{{ end }}', '<proj1>1'],
    ['{{ .Kv }} {{ .Clusters }}', 'map[a:1 b:two] [map[Labels:[east edge] Name:c1] map[Labels:[] Name:c2]]'],
    ['{{ or .Missing "default" }} {{ and 1 0 }} {{ ne 1 2 }} {{ slice .Project 0 4 }}', 'default 0 true proj'],
    ['{{\n  .Project\n}}', 'proj1'],
    ['{{ "a}}b" }} {{ `c` }} {{ "\\u00e4\\t" }}|', 'a}}b c ä\t|'],
  ])('%s', (template, expected) => {
    expect(filled(template)).toBe(expected);
  });

  it('tells of every value that is not there, once, with the action that wanted it', () => {
    const { missing } = fill(parseTemplate('{{ range .Clusters }}{{ .Host }}{{ end }} {{ .Ip }}'), toValue(values));
    expect(missing.map(({ action }) => action)).toEqual(['{{ .Host }}', '{{ .Ip }}']);
  });

  it.each([
    ['{{ if .Flag }}', '1:15 unexpected end of the file in if'],
    ['a\n  {{ toYaml .Kv }}', '2:6 function toYaml is not supported; there are and, eq'],
    ['{{ .Project.Name }}', '1:4 expected a map to read .Name of, found string'],
    ['{{ eq .Port "30415" }}', '1:4 eq: incompatible types for comparison: int and string'],
    ['{{ index .Clusters 5 }}', '1:4 index: expected an index from 0 to 1, found 5'],
    ['{{ $x }}', '1:4 undefined variable $x'],
    ['{{ end }}', '1:4 unexpected end in template'],
    ['{{ .Name', '1:9 unclosed action'],
    ['{{ "a }}', '1:4 unterminated string'],
    ['{{ }}', '1:4 missing value for action'],
    ['{{ range .Port | printf "%d" }}{{ end }}', '1:10 range: expected a list, a map or a whole number, found string'],
    ['{{ break }}', '1:4 break outside range'],
    ['{{ not }}', '1:4 not: expected 1 arguments, found 0'],
    ['{{ template "x" }}', '1:4 template x is not defined'],
    ['{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}', '1:20 template x calls itself without end'],
    ['{{/* open', '1:1 unclosed comment'],
    ['{{ printf "%U" 1 }}', '1:4 printf: %U is not supported'],
  ])('%s is an error with its place', (template, expected) => {
    expect(problemOf(template)).toContain(expected);
  });
});
