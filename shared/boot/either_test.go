package boot

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// A function with a queue and a schedule is given events of both by the one handler that Lambda knows.
func TestEither(t *testing.T) {
	var worked []string
	var ran []Scheduled
	handle := Either(func(_ context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		for _, m := range e.Records {
			worked = append(worked, m.Body)
		}
		return events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{{ItemIdentifier: "m1"}}}, nil
	}, func(_ context.Context, s Scheduled) error {
		ran = append(ran, s)
		return errors.New("late")
	})
	answer, err := handle(t.Context(), json.RawMessage(`{"Records":[{"messageId":"m1","body":"{}"}]}`))
	text, _ := json.Marshal(answer)
	if err != nil || len(worked) != 1 || worked[0] != "{}" || string(text) != `{"batchItemFailures":[{"itemIdentifier":"m1"}]}` {
		t.Errorf("messages: %v, %s, %v", worked, text, err)
	}
	answer, err = handle(t.Context(), json.RawMessage(`{"time":"2026-03-02T01:00:00Z","job":"index"}`))
	if err == nil || err.Error() != "late" || answer != nil || len(ran) != 1 || ran[0].Job != "index" || !ran[0].Time.Equal(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("a schedule: %v, %v, %v", ran, answer, err)
	}
	if _, err := handle(t.Context(), json.RawMessage(`[]`)); err == nil || len(worked)+len(ran) != 2 {
		t.Errorf("neither: %v", err)
	}
}
