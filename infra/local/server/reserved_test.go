package server

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/infra/local/gateway"
	"shixin/infra/samfile"
)

// A function has no more invocations at a time than the template reserves for it, and a flood of them takes nothing from the others.
func TestReservedConcurrency(t *testing.T) {
	began, end := make(chan struct{}), make(chan struct{})
	slow := func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		began <- struct{}{}
		<-end
		return events.APIGatewayV2HTTPResponse{StatusCode: 200}, nil
	}
	quick := func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		return events.APIGatewayV2HTTPResponse{StatusCode: 200}, nil
	}
	template := &samfile.Template{Functions: []samfile.Function{{Name: "search", Reserved: 2, Timeout: time.Minute}, {Name: "status", Timeout: time.Minute}}}
	p := newInProcess(template, map[string]Function{"search": {HTTP: slow}, "status": {HTTP: quick}})
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := p.HTTP(t.Context(), "search", events.APIGatewayV2HTTPRequest{})
			done <- err
		}()
		<-began
	}
	if _, err := p.HTTP(t.Context(), "search", events.APIGatewayV2HTTPRequest{}); !errors.Is(err, gateway.ErrUnavailable) {
		t.Errorf("one more: %v", err)
	}
	if r, err := p.HTTP(t.Context(), "status", events.APIGatewayV2HTTPRequest{}); err != nil || r.StatusCode != 200 {
		t.Errorf("another function: %v %v", r, err)
	}
	close(end)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	go func() { <-began }()
	if r, err := p.HTTP(t.Context(), "search", events.APIGatewayV2HTTPRequest{}); err != nil || r.StatusCode != 200 {
		t.Errorf("afterwards: %v %v", r, err)
	}
}
