package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"shixin/shared/fault"
	"shixin/shared/web"
)

func TestIfMatch(t *testing.T) {
	for value, want := range map[string]struct {
		version int
		status  fault.Kind
	}{
		`"v12"`:              {12, ""},
		` "v12" `:            {12, ""},
		`*`:                  {web.AnyVersion, ""},
		`W/"v12"`:            {web.NoVersion, ""},
		`"12"`:               {web.NoVersion, ""},
		`"v012"`:             {web.NoVersion, ""},
		`"v0"`:               {web.NoVersion, ""},
		`"v-1"`:              {web.NoVersion, ""},
		`"abc", "v3"`:        {3, ""},
		`"v3", "v3"`:         {3, ""},
		`"v3", "v4"`:         {web.NoVersion, fault.Malformed},
		`v12`:                {web.NoVersion, fault.Malformed},
		`"v12`:               {web.NoVersion, fault.Malformed},
		`"`:                  {web.NoVersion, fault.Malformed},
		``:                   {web.NoVersion, fault.Malformed},
		`"v1",`:              {web.NoVersion, fault.Malformed},
		`"v9999999999999999`: {web.NoVersion, fault.Malformed},
	} {
		r := httptest.NewRequest("PATCH", "/", nil)
		r.Header.Set("If-Match", value)
		version, present, err := web.IfMatch(r)
		if !present || version != want.version || fault.Of(err) != want.status {
			t.Errorf("%s: %d %v %v", value, version, present, err)
		}
	}
	r := httptest.NewRequest("PATCH", "/", nil)
	if _, present, err := web.IfMatch(r); present || err != nil {
		t.Errorf("absent: %v %v", present, err)
	}
}

func TestIdempotencyKey(t *testing.T) {
	for value, ok := range map[string]bool{
		"a": true, "8e03978e-40d5-43e8-bc93-6894a57f9324": true, "a,b;c=d": true, strings.Repeat("k", 255): true,
		"": false, "a b": false, `"a"`: false, "a\tb": false, "é": false, strings.Repeat("k", 256): false,
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("Idempotency-Key", value)
		key, present, err := web.IdempotencyKey(r)
		if !present || ok != (err == nil) || ok && key != value || !ok && fault.Of(err) != fault.Malformed {
			t.Errorf("%q: %q %v %v", value, key, present, err)
		}
	}
	if _, present, err := web.IdempotencyKey(httptest.NewRequest("POST", "/", nil)); present || err != nil {
		t.Errorf("absent: %v %v", present, err)
	}
}

func TestBodyHash(t *testing.T) {
	hash := func(method, path, body string) string {
		t.Helper()
		h, err := web.BodyHash(httptest.NewRequest(method, path, strings.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	base := hash("POST", "/v1/listings/L1/notice", "{}")
	if base != hash("POST", "/v1/listings/L1/notice", "{}") {
		t.Error("not stable")
	}
	for _, other := range []string{hash("POST", "/v1/listings/L1/notice", "{ }"), hash("POST", "/v1/listings/L2/notice", "{}"), hash("PUT", "/v1/listings/L1/notice", "{}")} {
		if other == base {
			t.Error("another call has the same hash")
		}
	}
}
