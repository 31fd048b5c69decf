// Command lambda is the function querylog on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/querylog"
	"shixin/shared/boot/env"
)

func main() {
	ports, _ := env.Ports()
	lambda.Start(querylog.Function(ports))
}
