package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

var contract = sync.OnceValues(func() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromFile("../../infra/openapi.yaml") })

// exchange is one call and its answer.
type exchange struct {
	request   *http.Request
	elsewhere bool // sent to an address that an answer gave
	sent      []byte
	status    int
	header    http.Header
	answered  []byte
}

// check holds an answer against infra/openapi.yaml, and also the request where it was taken: the contract has to say
// everything that works.
func (x *exchange) check() error {
	if strings.HasPrefix(x.request.URL.Path, "/dev/") || x.elsewhere { // only the local run has it, or the store of uploads
		return nil
	}
	doc, err := contract()
	if err != nil {
		return err
	}
	route, params := find(doc, x.request.Method, x.request.URL.Path)
	if route == nil {
		if x.status == http.StatusNotFound && string(x.answered) == `{"message":"Not Found"}` {
			return nil
		}
		return fmt.Errorf("the contract has no %s %s", x.request.Method, x.request.URL.Path)
	}
	if x.status >= 400 && strings.HasPrefix(string(x.answered), `{"message"`) && x.header.Get("Content-Type") == "application/json" {
		return nil // the gateway's own
	}
	options := &openapi3filter.Options{
		IncludeResponseStatus: true, MultiError: true, SkipSettingDefaults: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	}
	again := x.request.Clone(context.Background())
	again.Body = io.NopCloser(bytes.NewReader(x.sent))
	in := &openapi3filter.RequestValidationInput{Request: again, PathParams: params, Route: route, Options: options}
	if x.status < 400 {
		body := route.Operation.RequestBody
		options.ExcludeRequestBody = body == nil || !isJSON(x.request.Header) || len(x.sent) == 0 && !body.Value.Required
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			return fmt.Errorf("the contract has no such request: %w", err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: x.status, Header: x.header, Options: options}
	out.SetBodyBytes(x.answered)
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		return fmt.Errorf("the contract has no such answer: %w", err)
	}
	return nil
}

func isJSON(h http.Header) bool { return strings.HasPrefix(h.Get("Content-Type"), "application/json") }

// find is the contract's operation of a path, and what stands at the path's variables.
func find(doc *openapi3.T, method, path string) (*routers.Route, map[string]string) {
	parts := strings.Split(path, "/")
	for template, item := range doc.Paths.Map() {
		operation := item.GetOperation(method)
		pattern := strings.Split(template, "/")
		if operation == nil || len(pattern) != len(parts) {
			continue
		}
		params, fits := map[string]string{}, true
		for i, p := range pattern {
			if name, ok := strings.CutPrefix(p, "{"); ok {
				params[strings.TrimSuffix(name, "}")], _ = url.PathUnescape(parts[i])
			} else if p != parts[i] {
				fits = false
			}
		}
		if fits {
			return &routers.Route{Spec: doc, Path: template, PathItem: item, Method: method, Operation: operation}, params
		}
	}
	return nil, nil
}
