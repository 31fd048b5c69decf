// Package issuer provides the development issuer: access tokens for the personas of the demonstration.
//
// It is an OpenID Connect issuer as far as API Gateway's JWT authorizer and a function look at one: a discovery
// document, a key set, and RS256 tokens. It asks for no password, so it is no part of any function.
package issuer

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"shixin/shared/keys"
	"shixin/shared/keys/file"
)

// Life is how long a token is valid, of the development clock.
const Life = 12 * time.Hour

// Options are what an issuer needs from outside.
type Options struct {
	KeyFile  string // the signing key, made where it is missing; PKCS #8 in PEM, mode 0600
	URL      string // the iss claim, without a slash at the end
	Audience string
	Now      func() time.Time // the development clock
	Hasher   keys.Hasher      // for a person's handle
}

// Issuer makes and verifies tokens.
type Issuer struct {
	options Options
	signer  jose.Signer
	public  jose.JSONWebKey
}

// Open reads the signing key, or makes one.
func Open(ctx context.Context, o Options) (*Issuer, error) {
	if err := file.Ensure(o.KeyFile, newKey); err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	document, err := file.New(o.KeyFile).Document(ctx)
	if err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	block, _ := pem.Decode(document)
	if block == nil {
		return nil, fmt.Errorf("issuer: %s is not PEM; delete it to get a new key", o.KeyFile)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("issuer: %s is not an RSA key; delete it to get a new one", o.KeyFile)
	}
	public := jose.JSONWebKey{Key: key.Public(), Algorithm: string(jose.RS256), Use: "sig"}
	thumb := sha256.Sum256(x509.MarshalPKCS1PublicKey(&key.PublicKey))
	public.KeyID = base64.RawURLEncoding.EncodeToString(thumb[:12])
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: public.KeyID}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	return &Issuer{o, signer, public}, nil
}

func newKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Token makes an access token. A wrong request is a fault of kind Invalid that names the field.
func (i *Issuer) Token(ctx context.Context, r Request) (string, error) {
	own, err := claims(ctx, r, i.options.Hasher)
	if err != nil {
		return "", err
	}
	now := i.options.Now()
	all := map[string]any{
		"iss": i.options.URL,
		"aud": i.options.Audience,
		"iat": now.Unix(),
		"nbf": now.Unix(),
		"exp": now.Add(Life).Unix(),
		"jti": rand.Text(),
	}
	for name, value := range own {
		all[name] = value
	}
	return jwt.Signed(i.signer).Claims(all).Serialize()
}

// ErrToken is wrapped by Verify's errors.
var ErrToken = errors.New("the token does not verify")

// Verify checks a token as API Gateway's JWT authorizer does: RS256 by this issuer's key, issuer, audience, and its times.
// It returns all claims as the gateway hands them on: as texts, numbers included.
func (i *Issuer) Verify(_ context.Context, token string, now time.Time) (map[string]string, error) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, fmt.Errorf("%w: not a token signed with RS256", ErrToken)
	}
	if len(parsed.Headers) != 1 || parsed.Headers[0].KeyID != i.public.KeyID {
		return nil, fmt.Errorf("%w: signed by an unknown key", ErrToken)
	}
	var standard jwt.Claims
	var all map[string]any
	if err := parsed.Claims(i.public.Key, &standard, &all); err != nil {
		return nil, fmt.Errorf("%w: wrong signature or claims", ErrToken)
	}
	if standard.Expiry == nil {
		return nil, fmt.Errorf("%w: it has no exp", ErrToken)
	}
	expected := jwt.Expected{Issuer: i.options.URL, AnyAudience: jwt.Audience{i.options.Audience}, Time: now}
	if err := standard.ValidateWithLeeway(expected, 0); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrToken, err)
	}
	flat := map[string]string{}
	for name, value := range all {
		switch v := value.(type) {
		case string:
			flat[name] = v
		case float64:
			flat[name] = strconv.FormatFloat(v, 'f', -1, 64)
		default: // API Gateway writes a list as [a b]
			flat[name] = fmt.Sprint(v)
		}
	}
	return flat, nil
}

// Discovery answers GET /.well-known/openid-configuration (OpenID Connect Discovery 1.0).
func (i *Issuer) Discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{
		"issuer":                                i.options.URL,
		"jwks_uri":                              i.options.URL + "/.well-known/jwks.json",
		"token_endpoint":                        i.options.URL + "/dev/token",
		"response_types_supported":              []string{"token"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{string(jose.RS256)},
	})
}

// Keys answers GET /.well-known/jwks.json (RFC 7517).
func (i *Issuer) Keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.public}})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // an error here is the caller's broken connection
}
