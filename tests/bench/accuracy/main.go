// Command accuracy prints how well names are found, by class of query, and how often a name that is not listed is.
//
//	go run ./tests/bench/accuracy                       # on a small made-up list that comes with it
//	go run ./tests/bench/accuracy -data DIR             # on DIR/ofac and DIR/zh, or on one of the two
//	go run ./tests/bench/accuracy -data DIR -markdown   # the table of the README
//
// A folder holds queries.tsv (number, kind, type, expected IDs divided by commas, query, listed name) and a list: list.jsonl
// (RECORD_ID, RECORD_TYPE, NAME_FULL or NAME_ORG), or sdn.csv and alt.csv in OFAC's layout. Queries of kind neg find nothing.
package main

import (
	"embed"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
)

//go:embed data
var shipped embed.FS

func main() {
	log.SetFlags(0)
	data := flag.String("data", os.Getenv("SHIXIN_DATA"), "folder of ofac and zh")
	markdown := flag.Bool("markdown", false, "print a table for the README")
	floor := flag.Bool("floor", true, "measure Jaro-Winkler over all names too")
	misses := flag.Bool("misses", false, "print each query that was not found first")
	curve := flag.Bool("curve", true, "print found and false alarms by threshold")
	flag.Parse()
	root, err := fs.Sub(shipped, "data")
	if err != nil {
		log.Fatal("accuracy: ", err)
	}
	if *data != "" {
		root = os.DirFS(*data)
	}
	entries, err := fs.ReadDir(root, ".")
	if err != nil {
		log.Fatal("accuracy: ", err)
	}
	for _, entry := range entries {
		if info, err := fs.Stat(root, entry.Name()); err != nil || !info.IsDir() { // a link to a folder is one
			continue
		}
		folder, err := fs.Sub(root, entry.Name())
		if err != nil {
			log.Fatal("accuracy: ", err)
		}
		set, err := load(folder)
		if err != nil {
			log.Fatalf("accuracy: %s: %v", entry.Name(), err)
		}
		result, err := measure(set, *floor)
		if err != nil {
			log.Fatalf("accuracy: %s: %v", entry.Name(), err)
		}
		if *misses {
			result.printMisses(os.Stdout)
			continue
		}
		fmt.Printf("%s: %d entities, %d names, %d queries\n\n", entry.Name(), len(set.entities), set.names(), len(set.queries))
		result.print(os.Stdout, *markdown)
		if *curve {
			result.printCurve(os.Stdout, *markdown)
		}
	}
}
