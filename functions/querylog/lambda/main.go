// Command lambda is the function querylog on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/querylog"
	"shixin/shared/boot/env"
)

func main() {
	lambda.Start(querylog.Function(env.Ports()))
}
