package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/template"

	"gopkg.in/yaml.v3"
)

type metadata struct {
	Name        string `yaml:"name" json:"name"`
	Description string `yaml:"description" json:"description,omitempty"`
	UserData1   string `yaml:"userData1" json:"userData1,omitempty"`
	UserData2   string `yaml:"userData2" json:"userData2,omitempty"`
}

type document struct {
	Context struct {
		Anchor string `yaml:"anchor"`
	} `yaml:"resourceContext"`
	Metadata     metadata       `yaml:"metadata"`
	Spec         map[string]any `yaml:"spec"`
	ClusterLabel string         `yaml:"clusterLabel"`
	File         string         `yaml:"file"`
	Files        []string       `yaml:"files"`

	// Given on the command line: sent without a body.
	isAnchor bool
}

// The metadata is there even when the document has none.
func (one document) body() ([]byte, error) {
	return json.Marshal(struct {
		Metadata     metadata       `json:"metadata"`
		ClusterLabel string         `json:"clusterLabel,omitempty"`
		Spec         map[string]any `json:"spec,omitempty"`
	}{one.Metadata, one.ClusterLabel, one.Spec})
}

func readBase(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var config struct {
		Ingress struct {
			Host string
			Port int
		}
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		return "", err
	}
	return fmt.Sprintf("http://%s:%d/v2", config.Ingress.Host, config.Ingress.Port), nil
}

func readDocuments(given options, anchors []string) ([]document, error) {
	if given.file == "" {
		if len(anchors) == 0 {
			return nil, errors.New("expected -f FILE or an anchor")
		}
		one := document{isAnchor: true}
		one.Context.Anchor = anchors[0]
		return []document{one}, nil
	}
	text, err := readTemplate(given)
	if err != nil {
		return nil, err
	}
	var documents []document
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var one document
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return documents, nil
		} else if err != nil {
			return nil, err
		}
		documents = append(documents, one)
	}
}

func readTemplate(given options) ([]byte, error) {
	if given.values == "" {
		return os.ReadFile(given.file)
	}
	text, err := os.ReadFile(given.values)
	if err != nil {
		return nil, err
	}
	var values any
	if err := yaml.Unmarshal(text, &values); err != nil {
		return nil, err
	}
	parsed, err := template.ParseFiles(given.file)
	if err != nil {
		return nil, err
	}
	var filled bytes.Buffer
	err = parsed.Execute(&filled, values)
	return filled.Bytes(), err
}
