package lambdaqueue_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"shixin/shared/fault"
	"shixin/shared/queue/lambdaqueue"
)

var sent = time.Date(2027, 1, 5, 1, 0, 0, 0, time.UTC)

func TestHandler(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var worked []string
	work := func(_ context.Context, body string, now time.Time) error {
		if !now.Equal(sent) {
			t.Errorf("%s is worked on at %s, want the time it was sent", body, now)
		}
		worked = append(worked, body)
		switch body {
		case "gone":
			return fault.New(fault.NotFound, "a text for callers", "给调用方的文字")
		case "throttled":
			return fault.New(fault.Unavailable, "later", "稍后")
		case "unknown":
			return errors.New("disk on fire")
		case "panics":
			panic("secret value")
		case "last":
			cancel()
		}
		return nil
	}
	var log bytes.Buffer
	handler := lambdaqueue.Handler(slog.New(slog.NewJSONHandler(&log, nil)), work)
	bodies := []string{"fine", "gone", "throttled", "unknown", "panics", "last", "unbegun"}
	var event events.SQSEvent
	for _, body := range bodies {
		event.Records = append(event.Records, events.SQSMessage{MessageId: "id-" + body, Body: body,
			Attributes: map[string]string{"SentTimestamp": strconv.FormatInt(sent.UnixMilli(), 10)}})
	}
	response, err := handler(ctx, event)
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, f := range response.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	if want := []string{"id-throttled", "id-unknown", "id-panics", "id-unbegun"}; !slices.Equal(failed, want) {
		t.Errorf("reported %v, want %v", failed, want)
	}
	if want := bodies[:6]; !slices.Equal(worked, want) {
		t.Errorf("worked on %v, want %v", worked, want)
	}
	logged := log.String()
	for _, want := range []string{`"kind":"not-found"`, "disk on fire", `"stack"`} {
		if !strings.Contains(logged, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	for _, no := range []string{"a text for callers", "secret value"} {
		if strings.Contains(logged, no) {
			t.Errorf("the log shows %q", no)
		}
	}
}

// The answer keeps the documented form also where nothing failed.
func TestNoFailures(t *testing.T) {
	handler := lambdaqueue.Handler(slog.New(slog.DiscardHandler), func(context.Context, string, time.Time) error { return nil })
	response, err := handler(t.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Attributes: map[string]string{"SentTimestamp": "1"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := json.Marshal(response); string(got) != `{"batchItemFailures":[]}` {
		t.Errorf("answered %s", got)
	}
}
