package gateway

import (
	"net/url"
	"strings"
	"sync"
	"time"

	"shixin/infra/samfile"
)

// route is a route of the template with its path taken apart and its limit.
type route struct {
	samfile.Route
	segments []string // a parameter is "{name}"
	bucket   bucket
}

func newRoute(r samfile.Route) *route {
	return &route{Route: r, segments: strings.Split(r.Path, "/"), bucket: bucket{rate: r.Rate, burst: float64(r.Burst), level: float64(r.Burst)}}
}

// match finds the route of a path as it was sent, with its parameters decoded. Of several that fit it takes the one with the longest
// literal beginning, as API Gateway prefers a full match to one with parameters.
func (g *Gateway) match(method, path string) (*route, map[string]string) {
	var best *route
	var parameters map[string]string
	parts := strings.Split(path, "/")
	for _, r := range g.routes {
		if r.Method != method || best != nil && !better(r.segments, best.segments) {
			continue
		}
		if found, ok := fit(r.segments, parts); ok {
			best, parameters = r, found
		}
	}
	return best, parameters
}

func better(a, b []string) bool {
	for i := range min(len(a), len(b)) {
		if pa, pb := isParameter(a[i]), isParameter(b[i]); pa != pb {
			return pb
		}
	}
	return false
}

func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }

func fit(segments, parts []string) (map[string]string, bool) {
	if len(segments) != len(parts) {
		return nil, false
	}
	var parameters map[string]string
	for i, s := range segments {
		part, err := url.PathUnescape(parts[i])
		switch {
		case err != nil:
			return nil, false
		case !isParameter(s):
			if part != s {
				return nil, false
			}
		case part == "":
			return nil, false
		default:
			if parameters == nil {
				parameters = map[string]string{}
			}
			parameters[strings.Trim(s, "{}")] = part
		}
	}
	return parameters, true
}

// bucket is a token bucket.
type bucket struct {
	rate, burst float64

	mu    sync.Mutex
	level float64
	at    time.Time
}

func (b *bucket) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.at.IsZero() && now.After(b.at) {
		b.level = min(b.burst, b.level+b.rate*now.Sub(b.at).Seconds())
	}
	b.at = now
	if b.level < 1 {
		return false
	}
	b.level--
	return true
}
