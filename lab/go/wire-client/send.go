package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/go-resty/resty/v2"
)

type sender struct {
	base   string
	client *resty.Client
}

func newSender(base, token string) sender {
	client := resty.New()
	if token != "" {
		client.SetAuthToken(token)
	}
	return sender{base, client}
}

// Actions have no document to put or get, and are not undone one by one.
var (
	notPut     = words("instantiate apply approve terminate migrate update rollback")
	notGot     = words("instantiate apply approve terminate migrate update rollback stop")
	notDeleted = words("approve status migrate update rollback")
	withFiles  = words("apps profiles clusters resources customizations")
)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

func (s sender) send(verb string, one document) error {
	anchor := one.Context.Anchor
	last := path.Base(anchor)
	switch verb {
	case "apply":
		return s.write("POST", anchor, one)
	case "update":
		if notPut[last] {
			return nil
		}
		return s.write("PUT", address(one), one)
	case "get":
		if notGot[last] {
			return nil
		}
		return s.read(address(one))
	case "delete":
		return s.remove(one, last)
	}
	return errors.New("expected apply, get, update or delete, found " + verb)
}

// The document's own address below its collection.
func address(one document) string {
	anchor := one.Context.Anchor
	switch {
	case one.Metadata.Name != "" && path.Base(anchor) == "composite-apps":
		return fmt.Sprintf("%s/%s/%v", anchor, one.Metadata.Name, one.Spec["compositeAppVersion"])
	case one.Metadata.Name != "":
		return anchor + "/" + one.Metadata.Name
	case one.ClusterLabel != "":
		return anchor + "/" + one.ClusterLabel
	}
	return anchor
}

func (s sender) write(method, anchor string, one document) error {
	request := s.client.R()
	if one.isAnchor {
		request.SetHeader("Content-Type", "application/json").SetBody([]byte{})
		return s.execute(request, method, anchor)
	}
	body, err := one.body()
	if err != nil {
		return err
	}
	if one.File == "" && len(one.Files) == 0 {
		request.SetHeader("Content-Type", "application/json").SetBody(body)
		return s.execute(request, method, anchor)
	}
	if err := attach(request, one); err != nil {
		return err
	}
	request.SetFormDataFromValues(url.Values{"metadata": {string(body)}})
	return s.execute(request, method, anchor)
}

// A single file goes by the name "filename", several by their own.
func attach(request *resty.Request, one document) error {
	part, files := "files", one.Files
	if one.File != "" {
		part, files = "file", []string{one.File}
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			fmt.Println(err)
			return err
		}
		name := path.Base(file)
		if part == "file" {
			name = "filename"
		}
		request.SetFileReader(part, name, bytes.NewReader(content))
	}
	return nil
}

func (s sender) read(anchor string) error {
	request := s.client.R()
	segments := strings.Split(anchor, "/")
	if len(segments) >= 3 && withFiles[segments[len(segments)-2]] {
		request.SetHeader("Accept", "application/json")
	}
	return s.execute(request, "GET", anchor)
}

func (s sender) remove(one document, last string) error {
	anchor := one.Context.Anchor
	if last == "instantiate" || last == "apply" {
		request := s.client.R().SetHeader("Content-Type", "application/json").SetBody([]byte{})
		return s.execute(request, "POST", path.Dir(anchor)+"/terminate")
	}
	if notDeleted[last] {
		return nil
	}
	return s.execute(s.client.R(), "DELETE", address(one))
}

func (s sender) execute(request *resty.Request, method, anchor string) error {
	target := s.base + "/" + anchor
	response, err := request.Execute(method, target)
	if err != nil {
		fmt.Println(err)
		return err
	}
	fmt.Println("---")
	fmt.Printf("%-6s--> URL: %s\n", method, target)
	fmt.Println("Response Code:", response.StatusCode())
	if len(response.Body()) > 0 {
		fmt.Println("Response:", response.String())
	}
	if response.IsSuccess() {
		return nil
	}
	return errors.New("refused")
}
