package e2e

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shixin/infra/local/issuer"
)

// Tokens that are no tokens are 401 where one is needed, and where one may be left out too.
func TestTokens(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	w := newWorld(t, begin)
	good, err := w.running.Token(t.Context(), issuer.Request{Persona: "officer"})
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	header, claims := unpack(t, parts[0]), unpack(t, parts[1])
	key := signingKey(t, filepath.Join(w.config.Data, "issuer.pem"))
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	inPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(name string, value any) map[string]any {
		c := maps.Clone(claims)
		c[name] = value
		return c
	}
	alg := func(name string) map[string]any {
		h := maps.Clone(header)
		h["alg"] = name
		return h
	}
	withoutEnd := maps.Clone(claims)
	delete(withoutEnd, "exp")
	tokens := map[string]string{
		"garbage":               "garbage",
		"three dots":            "..",
		"alg none":              join(t, alg("none"), claims, nil),
		"alg none, signed":      join(t, alg("none"), claims, rs256(t, key)),
		"HS256, the public PEM": join(t, alg("HS256"), claims, hs256(inPEM)),
		"HS256, the public DER": join(t, alg("HS256"), claims, hs256(public)),
		"RS512":                 join(t, alg("RS512"), claims, rs512(t, key)),
		"another key":           join(t, header, claims, rs256(t, other)),
		"altered":               parts[0] + "." + encode(t, claim("role", "auditor")) + "." + parts[2],
		"wrong audience":        join(t, header, claim("aud", "another"), rs256(t, key)),
		"wrong issuer":          join(t, header, claim("iss", "https://example.org"), rs256(t, key)),
		"run out":               join(t, header, claim("exp", begin.Unix()-1), rs256(t, key)),
		"not yet":               join(t, header, claim("nbf", begin.Unix()+3600), rs256(t, key)),
		"without an end":        join(t, header, withoutEnd, rs256(t, key)),
	}
	call := func(name, method, path, token string) int {
		t.Helper()
		x, err := w.send(method, path, [][2]string{{"Authorization", "Bearer " + token}}, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := x.check(); err != nil {
			t.Errorf("%s: %v: %s", name, err, x.answered)
		}
		return x.status
	}
	for _, path := range []string{"/v1/listings", "/v1/status/uscc/91320500MA1E0001X2", "/v1/regimes", "/v1/changes"} {
		if path != "/v1/listings" && call("good", "GET", path, good) != http.StatusOK {
			t.Errorf("%s refuses a good token", path)
		}
		for name, token := range tokens {
			if status := call(name, "GET", path, token); status != http.StatusUnauthorized {
				t.Errorf("%s with %s: %d", path, name, status)
			}
		}
	}
	// The same claims under the right key, signed here, pass: so it is what is wrong with the others that is refused.
	if status := call("signed here", "GET", "/v1/changes", join(t, header, claims, rs256(t, key))); status != http.StatusOK {
		t.Errorf("signed here: %d", status)
	}
	// A token outlives twelve hours of the development clock by nothing.
	for _, c := range []struct {
		at   string
		want int
	}{{"2026-03-02T20:58:00+08:00", http.StatusOK}, {"2026-03-02T21:01:00+08:00", http.StatusUnauthorized}} {
		if err := w.dev("/dev/time", map[string]string{"now": c.at}); err != nil {
			t.Fatal(err)
		}
		if status := call(c.at, "GET", "/v1/changes", good); status != c.want {
			t.Errorf("at %s: %d, want %d", c.at, status, c.want)
		}
	}
	for _, scheme := range []string{"Basic b2ZmaWNlcjpvZmZpY2Vy", "Bearer", "Bearer " + good + " " + good} {
		x, err := w.send("GET", "/v1/regimes", [][2]string{{"Authorization", scheme}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if x.status != http.StatusUnauthorized {
			t.Errorf("Authorization: %.10s…: %d", scheme, x.status)
		}
	}
}

func unpack(t *testing.T, part string) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func encode(t *testing.T, x any) string {
	t.Helper()
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// join makes a token; a nil sign leaves the signature empty.
func join(t *testing.T, header, claims map[string]any, sign func([]byte) []byte) string {
	t.Helper()
	signed := encode(t, header) + "." + encode(t, claims)
	if sign == nil {
		return signed + "."
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(signed)))
}

func signingKey(t *testing.T, path string) *rsa.PrivateKey {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

func rs256(t *testing.T, key *rsa.PrivateKey) func([]byte) []byte {
	return func(signed []byte) []byte {
		sum := sha256.Sum256(signed)
		return pkcs1(t, key, crypto.SHA256, sum[:])
	}
}

func rs512(t *testing.T, key *rsa.PrivateKey) func([]byte) []byte {
	return func(signed []byte) []byte {
		sum := sha512.Sum512(signed)
		return pkcs1(t, key, crypto.SHA512, sum[:])
	}
}

func pkcs1(t *testing.T, key *rsa.PrivateKey, hash crypto.Hash, sum []byte) []byte {
	t.Helper()
	out, err := rsa.SignPKCS1v15(nil, key, hash, sum)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func hs256(secret []byte) func([]byte) []byte {
	return func(signed []byte) []byte {
		mac := hmac.New(sha256.New, secret)
		_, _ = mac.Write(signed) // a hash never fails
		return mac.Sum(nil)
	}
}
