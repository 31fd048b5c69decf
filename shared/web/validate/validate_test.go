package validate_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shixin/shared/fault"
	"shixin/shared/web/validate"
)

type identifier struct {
	Scheme string `json:"scheme" validate:"required,oneof=uscc cn-id"`
	Value  string `json:"value" validate:"required,max=5"`
}

type common struct {
	Reasons string `json:"reasons" validate:"required,text"`
}

type request struct {
	common
	Subject struct {
		Identifiers []identifier `json:"identifiers" validate:"min=1,max=2,unique,dive"`
		Birth       string       `json:"birth,omitempty" validate:"omitempty,day"`
	} `json:"subject" validate:"required"`
	ServedAt string         `json:"served_at" validate:"omitempty,rfc3339"`
	Title    string         `json:"title,omitempty" validate:"omitempty,line"`
	Digest   *string        `json:"sha256,omitempty" validate:"omitempty,sha256"`
	Pack     string         `json:"pack,omitempty" validate:"omitempty,id"`
	Level    *float64       `json:"threshold,omitempty" validate:"omitempty,min=0,max=1"`
	Figures  map[string]int `json:"figures,omitempty" validate:"dive,min=0"`
	Matrix   [][]int        `json:"matrix,omitempty" validate:"dive,dive,max=9"`
	Until    string         `json:"until,omitempty" validate:"excluded_with=Title"`
}

const good = `"reasons":"because","subject":{"identifiers":[{"scheme":"uscc","value":"x"}]}`

func TestDecode(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want map[string]string // a word of each detail, by pointer
	}{
		"good":          {`{` + good + `}`, nil},
		"good, all set": {`{` + good + `,"served_at":"2026-10-08T09:00:00.5+08:00","title":"a","sha256":"` + strings.Repeat("a", 64) + `","pack":"p_1","threshold":0,"figures":{"a":0},"matrix":[[9]]}`, nil},
		"empty": {`{}`, map[string]string{
			"/reasons": "required", "/subject": "required",
		}},
		"no identifiers": {`{"reasons":"x","subject":{"identifiers":[],"birth":"1990-01-01"}}`, map[string]string{
			"/subject/identifiers": "at least 1 item",
		}},
		"deep": {`{"reasons":"x","subject":{"identifiers":[{"scheme":"uscc","value":"x"},{"scheme":"iban","value":"123456"}],"birth":"1990-02-30"}}`, map[string]string{
			"/subject/identifiers/1/scheme": "one of uscc, cn-id",
			"/subject/identifiers/1/value":  "at most 5 characters",
			"/subject/birth":                "YYYY-MM-DD",
		}},
		"twice": {`{"reasons":"x","subject":{"identifiers":[{"scheme":"uscc","value":"x"},{"scheme":"uscc","value":"x"}]}}`, map[string]string{
			"/subject/identifiers": "twice",
		}},
		"texts": {`{"reasons":" \n\t","subject":{"identifiers":[{"scheme":"uscc","value":"x"}]},"title":"a\nb","sha256":"AA","pack":"a b","served_at":"2026-10-08"}`, map[string]string{
			"/reasons": "blank", "/title": "one line", "/sha256": "64", "/pack": "at most 40", "/served_at": "RFC 3339",
		}},
		"control character": {`{"reasons":"a\u0007b","subject":{"identifiers":[{"scheme":"uscc","value":"x"}]}}`, map[string]string{
			"/reasons": "control",
		}},
		"numbers": {`{` + good + `,"threshold":1.5,"matrix":[[1],[2,10]]}`, map[string]string{
			"/threshold": "at most 1", "/matrix/1/1": "at most 9",
		}},
		"a map's key is not shown": {`{` + good + `,"figures":{"13800138000":-1}}`, map[string]string{
			"/figures": "at least 0",
		}},
		"left out": {`{` + good + `,"title":"a","until":"x"}`, map[string]string{"/until": "left out"}},
		"unknown":  {`{` + good + `,"x":1}`, map[string]string{"/x": "no such field"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json")
			var into request
			err := validate.Decode(r, &into)
			if (err == nil) != (len(c.want) == 0) {
				t.Fatalf("got %v", err)
			}
			if err == nil {
				return
			}
			f, ok := errors.AsType[*fault.Fault](err)
			if !ok || f.Kind != fault.Invalid {
				t.Fatalf("got %v", err)
			}
			got := map[string]string{}
			for _, field := range f.Fields {
				got[field.Pointer] = c.want[field.Pointer]
				if !strings.Contains(field.Detail, c.want[field.Pointer]) || !strings.Contains(field.Detail, " · ") {
					t.Errorf("%s: %s", field.Pointer, field.Detail)
				}
				if strings.Contains(field.Detail, "1380") || strings.Contains(field.Detail, "123456") {
					t.Errorf("echoed: %s", field.Detail)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAtMostAHundredFields(t *testing.T) {
	var v struct {
		Days []string `json:"days" validate:"dive,day"`
	}
	v.Days = make([]string, 1000)
	f, ok := errors.AsType[*fault.Fault](validate.Struct(&v))
	if !ok || len(f.Fields) != 100 || f.Fields[99].Pointer != "/days/99" {
		t.Errorf("got %v", f)
	}
}

func TestNotAStruct(t *testing.T) {
	if err := validate.Struct(3); err == nil || fault.Of(err) != "" {
		t.Errorf("got %v", err)
	}
}
