// Prints what reflection says of the kinds that kubectl knows: their structs' fields, Go types and patch tags, as JSON.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type field struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Strategy string `json:"strategy,omitempty"`
	Key      string `json:"key,omitempty"`
}

type structs map[string][]field

// nameOf gives a type in short: * for a pointer, [] for a list, then a kind or a struct's full name.
func (all structs) nameOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + all.nameOf(t.Elem())
	case reflect.Slice, reflect.Array:
		return "[]" + all.nameOf(t.Elem())
	case reflect.Struct:
		return all.add(t)
	default:
		return t.Kind().String()
	}
}

func (all structs) add(t reflect.Type) string {
	name := t.PkgPath() + "." + t.Name()
	if _, known := all[name]; !known {
		all[name] = nil // so that a type may contain itself
		all[name] = all.fieldsOf(t)
	}
	return name
}

// fieldsOf lists what encoding/json would read, embedded structs' fields among their own.
func (all structs) fieldsOf(t reflect.Type) []field {
	var found []field
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" && f.Anonymous && f.Type.Kind() == reflect.Struct {
			found = append(found, all.fieldsOf(f.Type)...)
			continue
		}
		if name == "" {
			name = f.Name
		}
		found = append(found, field{name, all.nameOf(f.Type), f.Tag.Get("patchStrategy"), f.Tag.Get("patchMergeKey")})
	}
	return found
}

func main() {
	all := structs{}
	kinds := map[string]string{}
	known := scheme.Scheme
	for _, add := range []error{apiextensions.AddToScheme(known), apiregistration.AddToScheme(known)} {
		if add != nil {
			panic(add)
		}
	}
	for kind, t := range known.AllKnownTypes() {
		kinds[kind.GroupVersion().String()+" "+kind.Kind] = all.add(t)
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"kinds": kinds, "structs": all}); err != nil {
		panic(err)
	}
}
