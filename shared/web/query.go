package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"shixin/shared/fault"
	"shixin/shared/workday"
)

// The limit of a list.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// Check says what is wrong with the value of a query parameter and how to mend it, in English and Chinese, or nothing.
// It does not repeat the value. A nil Check accepts any text.
type Check func(value string) (en, zh string)

// OneOf accepts the given values.
func OneOf(values ...string) Check {
	list := strings.Join(values, ", ")
	return func(v string) (string, string) {
		if slices.Contains(values, v) {
			return "", ""
		}
		return "must be one of " + list, "须为以下之一:" + list
	}
}

// Number accepts whole numbers from least to most.
func Number(least, most int64) Check {
	return func(v string) (string, string) {
		n, err := strconv.ParseInt(v, 10, 64)
		if err == nil && least <= n && n <= most && strconv.FormatInt(n, 10) == v {
			return "", ""
		}
		return fmt.Sprintf("must be a whole number from %d to %d", least, most), fmt.Sprintf("须为 %d 至 %d 的整数", least, most)
	}
}

// Day accepts civil days.
func Day(v string) (en, zh string) {
	if _, err := workday.ParseDay(v); err == nil {
		return "", ""
	}
	return "must be a day of the form YYYY-MM-DD", "须为 YYYY-MM-DD 形式的日期"
}

// Name accepts ids: [A-Za-z0-9_-]{1,40}.
func Name(v string) (en, zh string) {
	if isID(v) {
		return "", ""
	}
	return "must be an id of at most 40 letters, digits, _ and -", "须为最多 40 位的标识(字母、数字、_、-)"
}

// Params are the query parameters of a request, checked by New against the route's Query.
type Params struct {
	values url.Values
	cursor []byte // the payload of the cursor that was sent
	scope  string
	key    []byte
}

// Query returns the request's parameters.
func Query(r *http.Request) *Params {
	if p := preparedOf(r.Context()); p != nil {
		return &p.params
	}
	return &Params{}
}

// Get is the value of a parameter, empty where it was not sent.
func (p *Params) Get(name string) string { return p.values.Get(name) }

// Number is the value of a parameter that [Number] accepted, or otherwise where it was not sent.
func (p *Params) Number(name string, otherwise int64) int64 {
	n, err := strconv.ParseInt(p.values.Get(name), 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}

// Limit is how many items a page may have: 1 to MaxLimit, DefaultLimit where it was not sent.
func (p *Params) Limit() int { return int(p.Number("limit", DefaultLimit)) }

// Cursor reads what the cursor holds and reports whether one was sent.
func (p *Params) Cursor(into any) (bool, error) {
	if p.cursor == nil {
		return false, nil
	}
	return true, openCursor(p.cursor, into)
}

// Next makes the cursor of the next page: v is what Cursor will read there. It needs "cursor" in the route's Query.
func (p *Params) Next(v any) (string, error) { return encodeCursor(p.key, p.scope, v) }

// readQuery refuses parameters that the route does not know and values that it does not take.
func (p *prepared) readQuery(r *http.Request, opts Options) error {
	known := p.route.Query
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fault.New(fault.Malformed, "the query cannot be read; percent-encode it", "查询字符串无法解析,请使用百分号编码")
	}
	p.params.values = values
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		check, ok := known[name]
		if !ok {
			return unknownParameter(name, known)
		}
		if len(values[name]) > 1 {
			return wrongParameter(name, "must be sent once", "只能出现一次")
		}
		value := values[name][0]
		if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
			return wrongParameter(name, "must be UTF-8 text", "须为 UTF-8 文本")
		}
		if name == "limit" {
			check = Number(1, MaxLimit)
		}
		if check != nil {
			if en, zh := check(value); en != "" {
				return wrongParameter(name, en, zh)
			}
		}
	}
	if _, ok := known["cursor"]; !ok {
		return nil
	}
	return p.readCursor(r, opts)
}

// readCursor binds the cursors of this call to the route, its path, its other parameters and the caller.
func (p *prepared) readCursor(r *http.Request, opts Options) error {
	if opts.CursorKey == nil {
		return fmt.Errorf("web: the route %s %s has a cursor and Options.CursorKey is missing", p.route.Method, p.route.Path)
	}
	key, err := opts.CursorKey(r.Context())
	if err != nil {
		return err
	}
	rest := url.Values{}
	for name, v := range p.params.values {
		if name != "limit" && name != "cursor" {
			rest[name] = v
		}
	}
	caller := Caller(r.Context())
	p.params.key = key
	p.params.scope = strings.Join([]string{r.Method, r.URL.EscapedPath(), rest.Encode(), string(caller.Role), caller.Account}, "\n")
	if !p.params.values.Has("cursor") {
		return nil
	}
	p.params.cursor, err = verifyCursor(key, p.params.scope, p.params.Get("cursor"))
	return err
}

func wrongParameter(name, en, zh string) error { return fault.Parameter(fault.Malformed, name, en, zh) }

// unknownParameter names the parameter only where it reads like a name: it may be a misplaced value.
func unknownParameter(name string, known map[string]Check) error {
	if !plain(name) {
		name = ""
	}
	if len(known) == 0 {
		return wrongParameter(name, "this call takes no query parameters", "该接口不接受查询参数")
	}
	names := make([]string, 0, len(known))
	for k := range known {
		names = append(names, k)
	}
	slices.Sort(names)
	list := strings.Join(names, ", ")
	return wrongParameter(name, "unknown; this call takes "+list, "未知参数;该接口接受 "+list)
}
