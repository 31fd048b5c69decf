package samfile

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// API Gateway's defaults where the template states no limit.
const (
	defaultRate  = 10000
	defaultBurst = 5000
)

type limits struct {
	Rate  float64 `yaml:"ThrottlingRateLimit"`
	Burst int     `yaml:"ThrottlingBurstLimit"`
}

type apiProperties struct {
	Auth struct {
		DefaultAuthorizer string               `yaml:"DefaultAuthorizer"`
		Authorizers       map[string]yaml.Node `yaml:"Authorizers"`
	} `yaml:"Auth"`
	DefaultRouteSettings limits            `yaml:"DefaultRouteSettings"`
	RouteSettings        map[string]limits `yaml:"RouteSettings"`
}

var (
	methods   = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	routePath = regexp.MustCompile(`^(/([a-z0-9._-]+|\{[a-z_]+\}))+$`)
)

func (p *parser) route(f Function, id string, n *yaml.Node) {
	var e struct {
		ApiId  string `yaml:"ApiId"`
		Method string `yaml:"Method"`
		Path   string `yaml:"Path"`
		Auth   struct {
			Authorizer string `yaml:"Authorizer"`
		} `yaml:"Auth"`
	}
	if !p.read(id, n, &e) {
		return
	}
	if p.api == nil {
		p.fail(id, "the template has no AWS::Serverless::HttpApi")
		return
	}
	if own, _ := p.ref(p.apiID); e.ApiId != own {
		p.fail(id, "ApiId must be !Ref %s; else SAM makes a second API without authorizer and limits", p.apiID)
	}
	r := Route{Function: f.Name, Method: strings.ToUpper(e.Method), Path: e.Path}
	switch authorizer := e.Auth.Authorizer; {
	case authorizer == "NONE":
	case authorizer != "":
		_, r.Authorizer = p.api.Auth.Authorizers[authorizer]
		if !r.Authorizer {
			p.fail(id, "Authorizer %q is none of %s", authorizer, p.apiID)
		}
	default:
		r.Authorizer = p.api.Auth.DefaultAuthorizer != ""
	}
	if !slices.Contains(methods, r.Method) {
		p.fail(id, "Method %q is none of %s", e.Method, strings.Join(methods, ", "))
	}
	if !routePath.MatchString(r.Path) {
		p.fail(id, "Path %q is not of the form /part/{name}/part", e.Path)
	}
	for _, other := range p.template.Routes {
		if other.Key() == r.Key() {
			p.fail(id, "%s is a route of %s already", r.Key(), other.Function)
		}
	}
	r.limit(p.api.DefaultRouteSettings)
	r.limit(p.api.RouteSettings[r.Key()])
	p.template.Routes = append(p.template.Routes, r)
}

func (r *Route) limit(l limits) {
	if r.Rate == 0 {
		r.Rate, r.Burst = defaultRate, defaultBurst
	}
	if l.Rate > 0 {
		r.Rate = l.Rate
	}
	if l.Burst > 0 {
		r.Burst = l.Burst
	}
}

// routeSettings refuses limits for routes that do not exist: they would silently limit nothing. It also refuses an open
// route without a limit of its own.
func (p *parser) routeSettings() {
	if p.api == nil {
		return
	}
	open := map[string]bool{}
	for _, r := range p.template.Routes {
		open[r.Key()] = !r.Authorizer
	}
	for _, r := range p.template.Routes {
		if _, limited := p.api.RouteSettings[r.Key()]; !r.Authorizer && !limited {
			p.fail(p.apiID, "%s asks for no token and RouteSettings state no limit for it", r.Key())
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.api.RouteSettings)) {
		if _, known := open[key]; !known {
			p.fail(p.apiID, "RouteSettings name %q, which is no route", key)
		}
	}
}
