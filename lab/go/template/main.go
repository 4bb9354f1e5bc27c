// Command go-template fills templates as Go does: a JSON array of {template, values} in, one of {text} or {error} out.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

type task struct {
	Template string
	Values   any
}

type result struct {
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`
}

func main() {
	decoder := json.NewDecoder(os.Stdin)
	decoder.UseNumber()
	var tasks []task
	if err := decoder.Decode(&tasks); err != nil {
		panic(err)
	}
	results := make([]result, len(tasks))
	for i, each := range tasks {
		results[i] = fill(each)
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		panic(err)
	}
}

func fill(each task) result {
	parsed, err := template.New("t").Parse(each.Template)
	if err != nil {
		return result{Error: err.Error()}
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, toValue(each.Values)); err != nil {
		return result{Error: err.Error()}
	}
	return result{Text: out.String()}
}

// Numbers become int and float64, as from YAML.
func toValue(value any) any {
	switch value := value.(type) {
	case json.Number:
		if !strings.ContainsAny(value.String(), ".eE") {
			whole, _ := value.Int64()
			return int(whole)
		}
		float, _ := value.Float64()
		return float
	case []any:
		for i := range value {
			value[i] = toValue(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = toValue(value[key])
		}
	}
	return value
}
