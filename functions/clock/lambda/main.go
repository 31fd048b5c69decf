// Command lambda is the function clock on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/clock"
	"shixin/shared/boot/env"
	"shixin/shared/boot/queues"
	"shixin/shared/boot/sealing"
)

func main() {
	lambda.Start(clock.Function(env.Ports(sealing.Port, queues.Port)))
}
