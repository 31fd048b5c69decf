// Package token provides the check of access tokens where no gateway has made it.
//
// Tokens are signed JWTs (RFC 7519) under RS256, the one algorithm that API Gateway's own authorizer takes too.
package token

import (
	"context"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"shixin/shared/access"
	"shixin/shared/access/claims"
	"shixin/shared/fault"
)

// maxToken is the longest token that is looked at, in bytes. Gateways take headers of 10 KB.
const maxToken = 8 << 10

// skew is how far the issuer's clock may run ahead of ours. A token's end is exact.
const skew = 5 * time.Second

// Doer is what a Verifier needs of an http.Client. It should have a timeout.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Verifier checks tokens of one issuer. It is safe for concurrent use and fetches nothing before the first token.
type Verifier struct {
	issuer   string
	audience string
	keys     keySet
}

// New makes a verifier of the tokens that an OpenID Connect issuer, named by its URL exactly as the iss claim does, gave
// for an audience. The issuer's keys are fetched over https, or over http where the issuer's own URL is so.
func New(issuer, audience string, client Doer) *Verifier {
	return &Verifier{issuer: issuer, audience: audience, keys: keySet{issuer: issuer, client: client, turn: make(chan struct{}, 1)}}
}

// Verify returns the principal that a token names. A token that is not valid at now is fault.Unauthenticated, whatever
// is wrong with it; where the issuer's keys cannot be had it is fault.Unavailable.
func (v *Verifier) Verify(ctx context.Context, token string, now time.Time) (access.Principal, error) {
	if len(token) > maxToken {
		return access.Principal{}, invalid()
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil || len(parsed.Headers) != 1 || parsed.Headers[0].KeyID == "" {
		return access.Principal{}, invalid()
	}
	key, err := v.keys.find(ctx, parsed.Headers[0].KeyID, now)
	if err != nil {
		return access.Principal{}, err
	}
	var registered jwt.Claims
	var all map[string]any
	if key == nil || parsed.Claims(key, &registered, &all) != nil || !v.current(registered, now) {
		return access.Principal{}, invalid()
	}
	texts := make(map[string]string, len(all))
	for name, value := range all {
		if s, ok := value.(string); ok {
			texts[name] = s
		}
	}
	return claims.Principal(texts)
}

// current checks who a token is from, for whom, and when.
func (v *Verifier) current(c jwt.Claims, now time.Time) bool {
	if c.Issuer != v.issuer || v.issuer == "" || !c.Audience.Contains(v.audience) || v.audience == "" {
		return false
	}
	if c.Expiry == nil || !now.Before(c.Expiry.Time()) {
		return false
	}
	for _, start := range []*jwt.NumericDate{c.NotBefore, c.IssuedAt} {
		if start != nil && now.Add(skew).Before(start.Time()) {
			return false
		}
	}
	return true
}

// invalid does not say what is wrong: a forger should not learn it.
func invalid() error {
	return fault.New(fault.Unauthenticated, "the token is not valid; sign in again", "令牌无效,请重新登录")
}
