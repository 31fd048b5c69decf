// Command lambda is the function status on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/status"
	"shixin/shared/boot/env"
	"shixin/shared/boot/queues"
)

func main() {
	lambda.Start(status.Function(env.Ports(queues.Port)))
}
