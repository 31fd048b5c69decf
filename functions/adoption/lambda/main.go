// Command lambda is the function adoption on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/adoption"
	"shixin/shared/boot/env"
	"shixin/shared/boot/queues"
	"shixin/shared/boot/sealing"
)

func main() {
	lambda.Start(adoption.Function(env.Ports(sealing.Port, queues.Port)))
}
