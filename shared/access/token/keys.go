package token

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"shixin/shared/fault"
)

const (
	freshFor   = time.Hour       // after which keys are fetched again, so that a withdrawn key goes
	rest       = time.Minute     // between two fetches, so that invented key ids cannot make us call the issuer
	restFailed = 5 * time.Second // after a fetch that failed
	maxAnswer  = 1 << 20         // of the issuer, in bytes
	leastBits  = 2048            // of an RSA key (RFC 7518, section 3.3)
)

// keySet holds the keys of an issuer by their ids.
type keySet struct {
	issuer string
	client Doer
	turn   chan struct{} // holds one token while somebody fetches

	mu      sync.Mutex
	keys    map[string]*rsa.PublicKey
	fetched time.Time // when keys were fetched
	next    time.Time // before which nothing is fetched
}

// find returns the key of an id, or nil where the issuer has none. Keys that are known stay good while the issuer
// cannot be reached.
func (s *keySet) find(ctx context.Context, id string, now time.Time) (*rsa.PublicKey, error) {
	key, known, due := s.look(id, now)
	if !due {
		return s.found(key, known)
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if key, known, due = s.look(id, now); !due { // somebody else has just fetched
		return s.found(key, known)
	}
	keys, err := s.fetch(ctx)
	s.mu.Lock()
	if err == nil {
		s.keys, s.fetched, s.next = keys, now, now.Add(rest)
	} else {
		s.next = now.Add(restFailed)
	}
	s.mu.Unlock()
	key, known, _ = s.look(id, now)
	if !known {
		return nil, unreachable(err)
	}
	return key, nil
}

// look reports what is known of an id, whether any keys are, and whether it is time to fetch.
func (s *keySet) look(id string, now time.Time) (key *rsa.PublicKey, known, due bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key = s.keys[id]
	wanted := key == nil || now.Sub(s.fetched) >= freshFor
	return key, s.keys != nil, wanted && !now.Before(s.next)
}

func (s *keySet) found(key *rsa.PublicKey, known bool) (*rsa.PublicKey, error) {
	if !known {
		return nil, unreachable(errors.New("a recent attempt failed"))
	}
	return key, nil
}

// fetch asks the issuer where its keys are (OpenID Connect Discovery 1.0, section 4) and for them (RFC 7517).
func (s *keySet) fetch(ctx context.Context) (map[string]*rsa.PublicKey, error) {
	var discovery struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := s.get(ctx, strings.TrimSuffix(s.issuer, "/")+"/.well-known/openid-configuration", &discovery); err != nil {
		return nil, err
	}
	if discovery.Issuer != s.issuer {
		return nil, errors.New("the discovery document is another issuer's")
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := s.get(ctx, discovery.Keys, &set); err != nil {
		return nil, err
	}
	keys := make(map[string]*rsa.PublicKey, len(set.Keys))
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		if json.Unmarshal(raw, &k) != nil { // of a type that we do not know
			continue
		}
		key, ok := k.Key.(*rsa.PublicKey)
		if !ok || k.KeyID == "" || key.N.BitLen() < leastBits || k.Use != "" && k.Use != "sig" || k.Algorithm != "" && k.Algorithm != string(jose.RS256) {
			continue
		}
		keys[k.KeyID] = key
	}
	if len(keys) == 0 {
		return nil, errors.New("the issuer has no keys for RS256")
	}
	return keys, nil
}

// get reads a JSON document. It goes no less safely than the issuer's own URL.
func (s *keySet) get(ctx context.Context, address string, into any) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && strings.HasPrefix(s.issuer, "http://")) {
		return errors.New("the issuer's address is not https")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	answer, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %d", u.Path, answer.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(into)
}

// unreachable is the refusal while no key is known. The cause is for the log.
func unreachable(cause error) error {
	return fmt.Errorf("token: keys of the issuer: %w: %w", cause, &fault.Fault{
		Kind:       fault.Unavailable,
		Detail:     fault.Both("the token cannot be checked at this moment", "暂时无法验证令牌"),
		RetryAfter: restFailed,
	})
}
