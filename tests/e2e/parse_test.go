package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// statement is one thing that a script does.
type statement struct {
	file string
	line int
	verb string   // at, as, run, let, use, restart, pause, or an HTTP method
	args []string // the words after it
	request
	expected
}

// request is a call as the script writes it.
type request struct {
	headers [][2]string
	body    string // of several lines; sent as JSON unless a Content-Type says otherwise
}

// expected is what the script says of the answer.
type expected struct {
	status  int
	headers [][2]string
	answer  string // YAML, empty for nothing to say
}

func (s *statement) where() string { return fmt.Sprintf("%s:%d", s.file, s.line) }

var (
	methods    = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$`)
	headerLine = regexp.MustCompile(`^([A-Z][A-Za-z-]+): (.*)$`)
	arrow      = regexp.MustCompile(`^=> ([1-5][0-9][0-9])(?: (.*))?$`)
	verbs      = map[string]string{
		"at": "at 2026-03-02T09:00:00+08:00", "as": "as officer, or as enterprise uscc=…, or as nobody", "run": "run clock",
		"let": "let name value", "use": "use listed name=value …", "restart": "restart", "pause": "pause",
	}
)

// parse reads a script, with the scripts that it uses put in their place.
func parse(path string) ([]statement, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := parser{file: filepath.Base(path), lines: strings.Split(strings.TrimRight(string(text), "\n"), "\n")}
	var all []statement
	for p.next < len(p.lines) {
		s, err := p.statement()
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", p.file, p.next, err)
		}
		if s == nil {
			continue
		}
		if s.verb != "use" {
			all = append(all, *s)
			continue
		}
		for _, word := range s.args[1:] {
			name, value, ok := strings.Cut(word, "=")
			if !ok {
				return nil, fmt.Errorf("%s: %q is not of the form name=value", s.where(), word)
			}
			all = append(all, statement{file: s.file, line: s.line, verb: "let", args: []string{name, value}})
		}
		steps, err := parse(filepath.Join("scripts", "steps", s.args[0]+".txt"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.where(), err)
		}
		for i := range steps {
			steps[i].file = s.where() + " " + steps[i].file
		}
		all = append(all, steps...)
	}
	return all, nil
}

type parser struct {
	file  string
	lines []string
	next  int
}

// statement reads one, or nil where there is only an empty line or a remark.
func (p *parser) statement() (*statement, error) {
	line := p.lines[p.next]
	p.next++
	if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
		return nil, nil
	}
	words := strings.Fields(line)
	s := &statement{file: p.file, line: p.next, verb: words[0], args: words[1:]}
	if methods.MatchString(s.verb) {
		if len(s.args) != 1 {
			return nil, fmt.Errorf("want %s and a path", s.verb)
		}
		return s, p.call(s)
	}
	form, ok := verbs[s.verb]
	if !ok {
		return nil, fmt.Errorf("unknown statement %q", s.verb)
	}
	if s.verb == "let" && len(s.args) > 1 { // a value may have spaces
		s.args = []string{s.args[0], strings.TrimSpace(line[strings.Index(line, s.args[0])+len(s.args[0]):])}
	}
	if len(s.args) < len(strings.Fields(strings.TrimSuffix(form, " …")))-1 && s.verb != "as" && s.verb != "use" || len(s.args) == 0 && s.verb != "restart" && s.verb != "pause" {
		return nil, fmt.Errorf("want %s", form)
	}
	return s, nil
}

// call reads the rest of a request, and what is expected of its answer.
func (p *parser) call(s *statement) error {
	var body []string
	for ; p.next < len(p.lines); p.next++ {
		line := p.lines[p.next]
		if h := headerLine.FindStringSubmatch(line); h != nil && len(body) == 0 {
			s.request.headers = append(s.request.headers, [2]string{h[1], h[2]})
			continue
		}
		if m := arrow.FindStringSubmatch(line); m != nil {
			s.body = strings.Join(body, "\n")
			s.status, _ = strconv.Atoi(m[1])
			s.answer = m[2]
			p.next++
			p.answer(s)
			return nil
		}
		body = append(body, line)
	}
	return fmt.Errorf("the request of line %d has no => with a status", s.line)
}

// answer reads up to the next empty line.
func (p *parser) answer(s *statement) {
	for ; p.next < len(p.lines) && strings.TrimSpace(p.lines[p.next]) != ""; p.next++ {
		line := p.lines[p.next]
		if h := headerLine.FindStringSubmatch(line); h != nil {
			s.expected.headers = append(s.expected.headers, [2]string{h[1], h[2]})
		} else if !strings.HasPrefix(line, "#") {
			s.answer += "\n" + line
		}
	}
}

// raw reads a body that is given byte by byte: raw "…"*3 + "…", each as Go writes strings.
func raw(text string) ([]byte, error) {
	var out []byte
	for rest := text; ; {
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return nil, fmt.Errorf("raw body: want a quoted string at %.20q", rest)
		}
		piece, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, err
		}
		rest = strings.TrimSpace(rest[len(quoted):])
		times := 1
		if after, ok := strings.CutPrefix(rest, "*"); ok {
			number, tail, _ := strings.Cut(after, " ")
			if times, err = strconv.Atoi(number); err != nil {
				return nil, err
			}
			rest = strings.TrimSpace(tail)
		}
		out = append(out, strings.Repeat(piece, times)...)
		if rest == "" {
			return out, nil
		}
		after, ok := strings.CutPrefix(rest, "+")
		if !ok {
			return nil, fmt.Errorf("raw body: want + at %.20q", rest)
		}
		rest = strings.TrimSpace(after)
	}
}
