// Command wire-client speaks HTTP as EMCO's command line does (same HTTP library, same rules), so that tests see its requests.
//
//	wire-client apply|get|update|delete -config FILE [-f FILE [-v VALUES]] [-t TOKEN] [-s] [ANCHOR]
package main

import (
	"flag"
	"fmt"
	"os"
)

type options struct {
	config string
	file   string
	values string
	token  string
	stop   bool
}

func main() {
	if len(os.Args) < 2 {
		fail("expected apply, get, update or delete")
	}
	verb := os.Args[1]
	var given options
	flags := flag.NewFlagSet(verb, flag.ExitOnError)
	flags.StringVar(&given.config, "config", "", "YAML with ingress.host and ingress.port")
	flags.StringVar(&given.file, "f", "", "documents")
	flags.StringVar(&given.values, "v", "", "values of the documents' templates")
	flags.StringVar(&given.token, "t", "", "bearer token")
	flags.BoolVar(&given.stop, "s", false, "end at the first answer outside 200 to 299")
	if err := flags.Parse(os.Args[2:]); err != nil {
		fail(err.Error())
	}
	base, err := readBase(given.config)
	if err != nil {
		fail(err.Error())
	}
	fmt.Println("Using config file:", given.config)
	documents, err := readDocuments(given, flags.Args())
	if err != nil {
		fail(err.Error())
	}
	sender := newSender(base, given.token)
	if verb == "delete" {
		for i, j := 0, len(documents)-1; i < j; i, j = i+1, j-1 {
			documents[i], documents[j] = documents[j], documents[i]
		}
	}
	for _, one := range documents {
		if err := sender.send(verb, one); err != nil && given.stop {
			return
		}
	}
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, "wire-client:", text)
	os.Exit(1)
}
