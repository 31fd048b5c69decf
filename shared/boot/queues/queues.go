// Package queues provides the queues that a function's environment names: SHIXIN_QUEUE_ADOPTION, SHIXIN_QUEUE_AUDIT,
// SHIXIN_QUEUE_QUERYLOG, SHIXIN_QUEUE_INDEX, SHIXIN_QUEUE_SCREENING, SHIXIN_QUEUE_PUBLISHER.
package queues

import (
	"context"
	"os"

	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"shixin/shared/boot"
	"shixin/shared/boot/env"
	"shixin/shared/keys/ring"
	"shixin/shared/queue"
	"shixin/shared/queue/sqs"
)

// Port is the queues, which are opened at the first message.
func Port(p *boot.Ports, _ *ring.Ring) { p.Queue = sender() }

func sender() queue.Sender {
	urls := map[string]string{}
	for name, variable := range map[string]string{
		"adoption": "SHIXIN_QUEUE_ADOPTION", "audit": "SHIXIN_QUEUE_AUDIT", "querylog": "SHIXIN_QUEUE_QUERYLOG",
		"index": "SHIXIN_QUEUE_INDEX", "screening": "SHIXIN_QUEUE_SCREENING", "publisher": "SHIXIN_QUEUE_PUBLISHER",
	} {
		if url := os.Getenv(variable); url != "" {
			urls[name] = url
		}
	}
	return sqs.New(func(context.Context) (sqs.Client, error) {
		return awssqs.NewFromConfig(env.AWS(), func(o *awssqs.Options) { o.BaseEndpoint = env.Endpoint("SQS") }), nil
	}, urls)
}
