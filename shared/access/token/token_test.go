package token_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"shixin/shared/access"
	"shixin/shared/access/token"
	"shixin/shared/fault"
)

const issuerURL = "https://issuer.example"

var now = time.Date(2026, 10, 8, 9, 0, 0, 0, time.UTC)

// issuer answers discovery and keys, and counts how often its keys are asked for.
type issuer struct {
	mu      sync.Mutex
	keys    []any
	fetched int
	down    bool
	jwks    string
}

func (i *issuer) Do(r *http.Request) (*http.Response, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.down {
		return nil, errors.New("no route to host")
	}
	var body any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		jwks := i.jwks
		if jwks == "" {
			jwks = issuerURL + "/keys"
		}
		body = map[string]any{"issuer": issuerURL, "jwks_uri": jwks}
	case "/keys":
		i.fetched++
		body = map[string]any{"keys": i.keys}
	}
	text, err := json.Marshal(body)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(text)))}, err
}

func public(kid string, key *rsa.PrivateKey) jose.JSONWebKey {
	return jose.JSONWebKey{Key: key.Public(), KeyID: kid, Algorithm: "RS256", Use: "sig"}
}

var key, otherKey = newKey(), newKey()

func newKey() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
}

// officer is a token's claims, with changes: nil leaves one out.
func officer(changes map[string]any) map[string]any {
	c := map[string]any{
		"iss": issuerURL, "aud": "shixin", "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(), "nbf": now.Unix(),
		"sub": "acc-1", "person": "p-1", "role": "officer",
		"authority": "suzhou", "level": "city", "region": "320500", "sectors": "telecom finance",
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func sign(t testing.TB, alg jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	if kid != "" {
		options = options.WithHeader("kid", kid)
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(s).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestVerify(t *testing.T) {
	good := func(changes map[string]any) string { return sign(t, jose.RS256, key, "k1", officer(changes)) }
	b64 := base64.RawURLEncoding.EncodeToString
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	payload := strings.Split(good(nil), ".")[1]
	signature := strings.Split(good(nil), ".")[2]
	admin, err := json.Marshal(officer(map[string]any{"region": "000000", "level": "national"}))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		token string
		ok    bool
	}{
		"valid":                      {good(nil), true},
		"valid, several audiences":   {good(map[string]any{"aud": []string{"other", "shixin"}}), true},
		"valid without nbf and iat":  {good(map[string]any{"nbf": nil, "iat": nil}), true},
		"valid, issuer's clock fast": {good(map[string]any{"nbf": now.Add(4 * time.Second).Unix()}), true},
		"empty":                      {"", false},
		"no token":                   {"a.b.c", false},
		"alg none":                   {b64([]byte(`{"alg":"none","kid":"k1"}`)) + "." + payload + ".", false},
		"alg none with a signature":  {b64([]byte(`{"alg":"none","kid":"k1"}`)) + "." + payload + "." + signature, false},
		"HS256 with the public key":  {sign(t, jose.HS256, publicPEM, "k1", officer(nil)), false},
		"HS256 with the key's DER":   {sign(t, jose.HS256, der, "k1", officer(nil)), false},
		"ES256":                      {sign(t, jose.ES256, ec, "k1", officer(nil)), false},
		"RS512":                      {sign(t, jose.RS512, key, "k1", officer(nil)), false},
		"PS256":                      {sign(t, jose.PS256, key, "k1", officer(nil)), false},
		"another key's signature":    {sign(t, jose.RS256, otherKey, "k1", officer(nil)), false},
		"an unknown kid":             {sign(t, jose.RS256, key, "k9", officer(nil)), false},
		"no kid":                     {sign(t, jose.RS256, key, "", officer(nil)), false},
		"a key of another use":       {sign(t, jose.RS256, otherKey, "enc", officer(nil)), false},
		"other claims, old signature": {
			strings.Split(good(nil), ".")[0] + "." + b64(admin) + "." + signature, false},
		"wrong audience":      {good(map[string]any{"aud": "other"}), false},
		"no audience":         {good(map[string]any{"aud": nil}), false},
		"wrong issuer":        {good(map[string]any{"iss": "https://issuer.example/"}), false},
		"no issuer":           {good(map[string]any{"iss": nil}), false},
		"expired":             {good(map[string]any{"exp": now.Unix()}), false},
		"no end":              {good(map[string]any{"exp": nil}), false},
		"not before later":    {good(map[string]any{"nbf": now.Add(time.Minute).Unix()}), false},
		"issued in future":    {good(map[string]any{"iat": now.Add(time.Minute).Unix()}), false},
		"no role":             {good(map[string]any{"role": nil}), false},
		"a role that is list": {good(map[string]any{"role": []string{"officer"}}), false},
		"longer than allowed": {good(map[string]any{"note": strings.Repeat("x", 9000)}), false},
		"its key in the header": {func() string {
			s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: otherKey, KeyID: "k1"}}, &jose.SignerOptions{EmbedJWK: true})
			if err != nil {
				t.Fatal(err)
			}
			text, err := jwt.Signed(s).Claims(officer(nil)).Serialize()
			if err != nil {
				t.Fatal(err)
			}
			return text
		}(), false},
	} {
		t.Run(name, func(t *testing.T) {
			enc := public("enc", otherKey)
			enc.Use = "enc"
			v := token.New(issuerURL, "shixin", &issuer{keys: []any{map[string]string{"kty": "OKP", "crv": "X448", "x": "AA"}, enc, public("k1", key)}})
			p, err := v.Verify(t.Context(), c.token, now)
			if !c.ok {
				if fault.Of(err) != fault.Unauthenticated || p.Role != access.Anonymous {
					t.Errorf("got %+v, %v", p, err)
				}
				return
			}
			if err != nil || p.Account != "acc-1" || p.Person != "p-1" || p.Role != access.Officer || p.Region != "320500" || len(p.Sectors) != 2 {
				t.Errorf("got %+v, %v", p, err)
			}
		})
	}
}

func TestKeyRotation(t *testing.T) {
	i := &issuer{keys: []any{public("k1", key)}}
	v := token.New(issuerURL, "shixin", i)
	try := func(at time.Duration, kid string, k *rsa.PrivateKey, want fault.Kind, fetched int) {
		t.Helper()
		life := map[string]any{"exp": now.Add(24 * time.Hour).Unix()}
		_, err := v.Verify(t.Context(), sign(t, jose.RS256, k, kid, officer(life)), now.Add(at))
		if fault.Of(err) != want || (err != nil) != (want != "") || i.fetched != fetched {
			t.Errorf("at %v, %s: %v after %d fetches, want %q after %d", at, kid, err, i.fetched, want, fetched)
		}
	}
	try(0, "k1", key, "", 1)
	try(0, "k1", key, "", 1)
	i.keys = []any{public("k1", key), public("k2", otherKey)}
	try(30*time.Second, "k2", otherKey, fault.Unauthenticated, 1) // fetched a moment ago
	try(61*time.Second, "k2", otherKey, "", 2)
	try(62*time.Second, "k3", otherKey, fault.Unauthenticated, 2) // invented ids do not make us ask again and again
	i.keys = []any{public("k2", otherKey)}
	try(30*time.Minute, "k1", key, "", 2)
	try(2*time.Hour, "k1", key, fault.Unauthenticated, 3) // withdrawn
	i.down = true
	try(5*time.Hour, "k2", otherKey, "", 3) // what is known stays good
}

func TestIssuerUnreachable(t *testing.T) {
	i := &issuer{keys: []any{public("k1", key)}, down: true}
	v := token.New(issuerURL, "shixin", i)
	text := sign(t, jose.RS256, key, "k1", officer(nil))
	_, err := v.Verify(t.Context(), text, now)
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok || f.Kind != fault.Unavailable || f.RetryAfter <= 0 {
		t.Fatalf("got %v", err)
	}
	i.down = false
	if _, err = v.Verify(t.Context(), text, now.Add(time.Second)); fault.Of(err) != fault.Unavailable {
		t.Errorf("asked again at once: %v", err)
	}
	if _, err = v.Verify(t.Context(), text, now.Add(10*time.Second)); err != nil {
		t.Error(err)
	}
}

func TestKeysOnlyOverHTTPS(t *testing.T) {
	i := &issuer{keys: []any{public("k1", key)}, jwks: "http://issuer.example/keys"}
	v := token.New(issuerURL, "shixin", i)
	if _, err := v.Verify(t.Context(), sign(t, jose.RS256, key, "k1", officer(nil)), now); fault.Of(err) != fault.Unavailable || i.fetched != 0 {
		t.Errorf("got %v after %d fetches", err, i.fetched)
	}
}

func TestOneFetchForManyCalls(t *testing.T) {
	i := &issuer{keys: []any{public("k1", key)}}
	v := token.New(issuerURL, "shixin", i)
	text := sign(t, jose.RS256, key, "k1", officer(nil))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := v.Verify(context.Background(), text, now); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if i.fetched != 1 {
		t.Errorf("%d fetches", i.fetched)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(sign(f, jose.RS256, otherKey, "k1", officer(nil)))
	f.Add("eyJhbGciOiJub25lIiwia2lkIjoiazEifQ.e30.")
	v := token.New(issuerURL, "shixin", &issuer{keys: []any{public("k1", key)}})
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := v.Verify(t.Context(), text, now); err == nil {
			t.Errorf("forged: %+v", p)
		}
	})
}
