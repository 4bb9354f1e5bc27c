// Command wire-client speaks HTTP as EMCO's command line does (same HTTP library, same rules), so that tests see its requests.
//
//	wire-client [--config FILE] apply|get|update|delete [-f FILE [-v VALUES]] [-t TOKEN] [-s] [ANCHOR]
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
	var given options
	flags := flag.NewFlagSet("wire-client", flag.ExitOnError)
	flags.StringVar(&given.config, "config", "", "YAML with ingress.host and ingress.port")
	flags.StringVar(&given.file, "f", "", "documents")
	flags.StringVar(&given.values, "v", "", "values of the documents' templates")
	flags.StringVar(&given.token, "t", "", "bearer token")
	flags.BoolVar(&given.stop, "s", false, "end at the first answer outside 200 to 299")
	verb, anchors := parse(flags, os.Args[1:])
	base, err := readBase(given.config)
	if err != nil {
		fail(err.Error())
	}
	fmt.Println("Using config file:", given.config)
	documents, err := readDocuments(given, anchors)
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

// Flags may stand before the verb, after it and after the anchor.
func parse(flags *flag.FlagSet, args []string) (string, []string) {
	var words []string
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			fail(err.Error())
		}
		if args = flags.Args(); len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	if len(words) == 0 {
		fail("expected apply, get, update or delete")
	}
	return words[0], words[1:]
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, "wire-client:", text)
	os.Exit(1)
}
