package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"shixin/shared/fault"
)

const (
	uscc = "91350100M000100Y43" // the example of GB 32100-2015, annex
	cnID = "11010519491231002X" // the example of GB 11643-1999
)

type plainHash struct{}

func (plainHash) Hash(_ context.Context, normal string) (string, error) {
	return "1." + strings.Repeat("h", len(normal)), nil
}

func open(t *testing.T, path string, now *time.Time) *Issuer {
	t.Helper()
	i, err := Open(context.Background(), Options{KeyFile: path, URL: "http://127.0.0.1:1", Audience: "shixin", Now: func() time.Time { return *now }, Hasher: plainHash{}})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestPersonas(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	i := open(t, filepath.Join(t.TempDir(), "issuer.pem"), &now)
	people := map[string]string{}
	for name := range personas {
		r := Request{Persona: name}
		switch name {
		case "enterprise":
			r.USCC = strings.ToLower(uscc)
		case "person":
			r.CNID = cnID
		}
		token, err := i.Token(t.Context(), r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c, err := i.Verify(t.Context(), token, now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c["iss"] != "http://127.0.0.1:1" || c["aud"] != "shixin" || c["sub"] == "" || c["person"] == "" || c["role"] == "" || c["jti"] == "" || c["exp"] == "" {
			t.Errorf("%s: claims %v", name, c)
		}
		for claim, value := range c {
			if strings.Contains(value, cnID) {
				t.Errorf("%s: the claim %s holds the identifier", name, claim)
			}
		}
		switch {
		case name == "enterprise" && c["uscc"] != uscc:
			t.Errorf("enterprise of %q", c["uscc"])
		case name == "person" && !strings.HasPrefix(c["subject"], "1.h"):
			t.Errorf("person's handle is %q", c["subject"])
		case (c["role"] == "officer" || c["role"] == "decider") && (c["authority"] == "" || c["level"] == "" || len(c["region"]) != 6 || c["sectors"] != "telecom finance internet"):
			t.Errorf("%s: claims %v", name, c)
		}
		people[name] = c["person"]
	}
	for a := range people {
		for b := range people {
			same := a == b || strings.HasPrefix(a, "officer") && strings.HasPrefix(b, "officer")
			if (people[a] == people[b]) != same {
				t.Errorf("%s and %s: one person is %v, want %v", a, b, !same, same)
			}
		}
	}
}

func TestWrongRequests(t *testing.T) {
	now := time.Now()
	i := open(t, filepath.Join(t.TempDir(), "issuer.pem"), &now)
	for name, c := range map[string]struct {
		r       Request
		pointer string
	}{
		"no persona":              {Request{}, "/persona"},
		"unknown persona":         {Request{Persona: "king"}, "/persona"},
		"enterprise without uscc": {Request{Persona: "enterprise"}, "/uscc"},
		"wrong check digit":       {Request{Persona: "enterprise", USCC: uscc[:17] + "X"}, "/uscc"},
		"officer with uscc":       {Request{Persona: "officer", USCC: uscc}, "/uscc"},
		"person without cn_id":    {Request{Persona: "person"}, "/cn_id"},
		"wrong cn_id":             {Request{Persona: "person", CNID: cnID[:17] + "1"}, "/cn_id"},
		"enterprise with cn_id":   {Request{Persona: "enterprise", USCC: uscc, CNID: cnID}, "/cn_id"},
	} {
		_, err := i.Token(t.Context(), c.r)
		f, ok := errors.AsType[*fault.Fault](err)
		if !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != c.pointer {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(err.Error(), cnID[:17]) {
			t.Errorf("%s: the answer repeats the identifier", name)
		}
	}
}

func TestRefusedTokens(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	i, other := open(t, filepath.Join(dir, "a.pem"), &now), open(t, filepath.Join(dir, "b.pem"), &now)
	good, err := i.Token(t.Context(), Request{Persona: "officer"})
	if err != nil {
		t.Fatal(err)
	}
	foreign, _ := other.Token(t.Context(), Request{Persona: "officer"})
	parts := strings.Split(good, ".")
	sign := func(claims any, alg jose.SignatureAlgorithm, key any) string {
		s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: i.public.KeyID}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		token, err := jwt.Signed(s).Claims(claims).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	ours := func(claims jwt.Claims) string {
		token, err := jwt.Signed(i.signer).Claims(claims).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	at := jwt.NewNumericDate
	for name, token := range map[string]string{
		"empty":            "",
		"no token":         "abc",
		"no signature":     parts[0] + "." + parts[1] + ".",
		"alg none":         "eyJhbGciOiJub25lIn0." + parts[1] + ".",
		"foreign key":      foreign,
		"HS256":            sign(map[string]any{"iss": "http://127.0.0.1:1", "aud": "shixin", "exp": now.Add(time.Hour).Unix()}, jose.HS256, []byte("the public key is known to everybody")),
		"wrong audience":   ours(jwt.Claims{Issuer: "http://127.0.0.1:1", Audience: jwt.Audience{"other"}, Expiry: at(now.Add(time.Hour))}),
		"wrong issuer":     ours(jwt.Claims{Issuer: "http://127.0.0.1:2", Audience: jwt.Audience{"shixin"}, Expiry: at(now.Add(time.Hour))}),
		"not yet valid":    ours(jwt.Claims{Issuer: "http://127.0.0.1:1", Audience: jwt.Audience{"shixin"}, Expiry: at(now.Add(time.Hour)), NotBefore: at(now.Add(time.Minute))}),
		"from the future":  ours(jwt.Claims{Issuer: "http://127.0.0.1:1", Audience: jwt.Audience{"shixin"}, Expiry: at(now.Add(time.Hour)), IssuedAt: at(now.Add(time.Minute))}),
		"without an end":   ours(jwt.Claims{Issuer: "http://127.0.0.1:1", Audience: jwt.Audience{"shixin"}}),
		"expired":          ours(jwt.Claims{Issuer: "http://127.0.0.1:1", Audience: jwt.Audience{"shixin"}, Expiry: at(now.Add(-time.Second))}),
		"with other bytes": parts[0] + "." + parts[1][:len(parts[1])-4] + "AAAA." + parts[2],
	} {
		if _, err := i.Verify(t.Context(), token, now); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := i.Verify(t.Context(), good, now.Add(Life-time.Second)); err != nil {
		t.Errorf("in its last second: %v", err)
	}
	if _, err := i.Verify(t.Context(), good, now.Add(Life+time.Second)); err == nil {
		t.Error("valid after its end")
	}
}

func TestTheKeyStays(t *testing.T) {
	now := time.Now()
	path := filepath.Join(t.TempDir(), "issuer.pem")
	token, err := open(t, path, &now).Token(t.Context(), Request{Persona: "auditor"})
	if err != nil {
		t.Fatal(err)
	}
	again := open(t, path, &now)
	if _, err := again.Verify(t.Context(), token, now); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v %v", info.Mode(), err)
	}
	w := httptest.NewRecorder()
	again.Keys(w, nil)
	if strings.Contains(w.Body.String(), `"d":`) {
		t.Fatal("the private key is shown")
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(w.Body.Bytes(), &set); err != nil || len(set.Key(again.public.KeyID)) != 1 {
		t.Errorf("key set %s: %v", w.Body, err)
	}
	w = httptest.NewRecorder()
	again.Discovery(w, nil)
	if !strings.Contains(w.Body.String(), `"jwks_uri":"http://127.0.0.1:1/.well-known/jwks.json"`) {
		t.Errorf("discovery %s", w.Body)
	}
	if err := os.WriteFile(path, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{KeyFile: path}); err == nil {
		t.Error("a broken key was read")
	}
}
