package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"shixin/shared/naming"
	"shixin/shared/subject"
)

// query is one line of queries.tsv.
type query struct {
	class    string // kind, and the type where a kind is asked for several
	name     string
	listed   string
	expected []string // empty: nothing is to be found
}

type dataset struct {
	entities []naming.Entity
	queries  []query
}

func (s *dataset) names() (n int) {
	for _, e := range s.entities {
		n += len(e.Names)
	}
	return n
}

func load(folder fs.FS) (*dataset, error) {
	s := &dataset{}
	var err error
	if _, missing := fs.Stat(folder, "sdn.csv"); missing == nil {
		s.entities, err = readOFAC(folder)
	} else {
		s.entities, err = readLines(folder)
	}
	if err != nil {
		return nil, err
	}
	s.queries, err = readQueries(folder)
	return s, err
}

func readQueries(folder fs.FS) ([]query, error) {
	text, err := fs.ReadFile(folder, "queries.tsv")
	if err != nil {
		return nil, err
	}
	var all []query
	for n, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		f := strings.Split(strings.TrimSuffix(line, "\r"), "\t")
		if len(f) < 6 {
			return nil, fmt.Errorf("queries.tsv:%d: %d fields, want 6", n+1, len(f))
		}
		q := query{class: f[1] + " " + f[2], name: f[4], listed: f[5]}
		if f[3] != "-" && f[3] != "" {
			q.expected = strings.FieldsFunc(f[3], func(r rune) bool { return r == ',' || r == ';' || r == '|' || r == ' ' })
		}
		all = append(all, q)
	}
	return all, nil
}

func readLines(folder fs.FS) ([]naming.Entity, error) {
	f, err := folder.Open("list.jsonl")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []naming.Entity
	for d := json.NewDecoder(f); ; {
		var row struct {
			ID     string `json:"RECORD_ID"`
			Type   string `json:"RECORD_TYPE"`
			Person string `json:"NAME_FULL"`
			Org    string `json:"NAME_ORG"`
		}
		if err := d.Decode(&row); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		e := naming.Entity{ID: row.ID, Kind: subject.Organization, Published: true, Names: []naming.Name{{Text: row.Org + row.Person}}}
		if row.Type == "PERSON" {
			e.Kind = subject.Person
		}
		all = append(all, e)
	}
}

// readOFAC reads the published layout of the list of specially designated nationals, as the registry imports it: the first
// name of a person comes first, and vessels and aircraft count as organisations.
func readOFAC(folder fs.FS) ([]naming.Entity, error) {
	rows := func(name string, each func(row []string)) error {
		f, err := folder.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		for {
			row, err := r.Read()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			for i := range row {
				row[i] = strings.TrimSpace(row[i])
			}
			if len(row) > 3 && row[0] != "" && row[0][0] >= '0' && row[0][0] <= '9' {
				each(row)
			}
		}
	}
	aliases := map[string][]string{}
	if err := rows("alt.csv", func(row []string) { aliases[row[0]] = append(aliases[row[0]], row[3]) }); err != nil {
		return nil, err
	}
	var all []naming.Entity
	err := rows("sdn.csv", func(row []string) {
		e := naming.Entity{ID: row[0], Kind: subject.Organization, Published: true}
		if row[2] == "individual" {
			e.Kind = subject.Person
		}
		for _, text := range append([]string{row[1]}, aliases[row[0]]...) {
			if last, first, ok := strings.Cut(text, ","); ok && e.Kind == subject.Person && !strings.Contains(first, ",") {
				text = strings.TrimSpace(first) + " " + strings.TrimSpace(last)
			}
			n := naming.Name{Text: strings.Join(strings.Fields(text), " "), Lang: "en"}
			if !slices.Contains(e.Names, n) {
				e.Names = append(e.Names, n)
			}
		}
		all = append(all, e)
	})
	return all, err
}
