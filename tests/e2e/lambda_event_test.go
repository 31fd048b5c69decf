package e2e

import (
	"bytes"
	"sync"

	"github.com/aws/aws-lambda-go/events"
)

// call is a call as API Gateway hands it over.
func call(method, route, path string) events.APIGatewayV2HTTPRequest {
	e := events.APIGatewayV2HTTPRequest{Version: "2.0", RouteKey: method + " " + route, RawPath: path, Headers: map[string]string{}}
	e.RequestContext.RequestID, e.RequestContext.RouteKey, e.RequestContext.TimeEpoch = "r1", e.RouteKey, 1772413200000
	e.RequestContext.HTTP.Method, e.RequestContext.HTTP.Path = method, path
	return e
}

// signedIn is the same call after the authorizer of the gateway.
func signedIn(e events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPRequest {
	e.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
		JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: map[string]string{"sub": "auditor", "role": "auditor"}},
	}
	return e
}

// message is one message of a queue.
func message(body string) events.SQSEvent {
	return events.SQSEvent{Records: []events.SQSMessage{{
		MessageId: "m1", Body: body, EventSource: "aws:sqs", Attributes: map[string]string{"SentTimestamp": "1772413200000"},
	}}}
}

// output is what processes print.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
