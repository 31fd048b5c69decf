// Command lambda is the function status on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/status"
	"shixin/shared/boot/env"
)

func main() {
	ports, _ := env.Ports()
	lambda.Start(status.Function(ports))
}
