package calling_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/repeat"
	"shixin/shared/web/calling"
)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, method string
		headers      [][2]string
		match        *int
		key          string
		err          fault.Kind
	}{
		{name: "nothing", method: "POST"},
		{name: "a version", method: "POST", headers: [][2]string{{"If-Match", `"v3"`}}, match: new(3)},
		{name: "any version", method: "PUT", headers: [][2]string{{"If-Match", "*"}}, match: new(0)},
		{name: "no version of ours", method: "PUT", headers: [][2]string{{"If-Match", `"abc"`}}, match: new(-1)},
		{name: "an unquoted tag", method: "POST", headers: [][2]string{{"If-Match", "v3"}}, err: fault.Malformed},
		{name: "a key", method: "POST", headers: [][2]string{{"Idempotency-Key", "k"}}, key: "k"},
		{name: "a key of a PUT, which needs none", method: "PUT", headers: [][2]string{{"Idempotency-Key", "k"}}},
		{name: "an empty key", method: "POST", headers: [][2]string{{"Idempotency-Key", ""}}, err: fault.Malformed},
	} {
		r := httptest.NewRequest(c.method, "/v1/listings/x/notice", strings.NewReader("{}"))
		for _, h := range c.headers {
			r.Header.Add(h[0], h[1])
		}
		got, err := calling.Read(r)
		if fault.Of(err) != c.err {
			t.Errorf("%s: %v", c.name, err)
		}
		if (got.IfMatch == nil) != (c.match == nil) || c.match != nil && *got.IfMatch != *c.match {
			t.Errorf("%s: If-Match %v, want %v", c.name, got.IfMatch, c.match)
		}
		if c.err == "" && (got.Once == nil) != (c.key == "") || got.Once != nil && (got.Once.Key != c.key || got.Once.Route != "POST /v1/listings/x/notice" || got.Once.Body == "") {
			t.Errorf("%s: %+v", c.name, got.Once)
		}
	}
}

func TestAnswer(t *testing.T) {
	for tag, reply := range map[string]repeat.Reply{"": {Status: 202, Body: []byte(`{}`)}, `"v4"`: {Status: 200, Version: 4, Body: []byte(`{"a":1}`)}} {
		w := httptest.NewRecorder()
		if err := calling.Answer(w, &reply); err != nil {
			t.Fatal(err)
		}
		if w.Code != reply.Status || w.Header().Get("ETag") != tag || w.Body.String() != string(reply.Body) || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
	}
}
