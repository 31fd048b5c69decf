// Command lambda is the function registry on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/registry"
	"shixin/shared/boot/env"
	"shixin/shared/boot/queues"
	"shixin/shared/boot/sealing"
)

func main() {
	lambda.Start(registry.Function(env.Ports(sealing.Port, queues.Port)))
}
