// Package samfile provides the reading of template.yaml: its functions, routes, schedules and queues.
//
// The template is the truth about what runs where. The local run is built from it, and the
// architecture tests compare the handlers with it, so that neither can drift from what is deployed.
package samfile

import (
	"fmt"
	"os"
	"time"
)

// Template is what template.yaml says, with references resolved. Everything stands in the template's order.
type Template struct {
	Functions []Function
	Routes    []Route
	Schedules []Schedule
	Queues    []Queue
	// Keys are the families of partition keys each function may touch, from the mapping "Keys": by function name, then
	// "read", "put" or "delete".
	Keys map[string]map[string][]string
}

// Function is one AWS::Serverless::Function.
type Function struct {
	ID          string            // logical id, which names the folder that sam build writes
	Name        string            // the folder under functions/
	Timeout     time.Duration     // after which Lambda ends an invocation
	Memory      int               // MB
	Reserved    int               // invocations at a time that are kept for it, and the most it has; 0 is no such limit
	Environment map[string]string // Globals included
}

// Route is one event of type HttpApi.
type Route struct {
	Function   string // name
	Method     string // upper case
	Path       string // for example /v1/listings/{id}
	Authorizer bool   // the gateway asks for a valid token before it calls the function
	Rate       float64
	Burst      int // the token bucket of the route: requests a second, and how many at once
}

// Key is the route as API Gateway writes it: "GET /v1/regimes".
func (r Route) Key() string { return r.Method + " " + r.Path }

// Schedule is one event of type ScheduleV2.
type Schedule struct {
	Name       string // logical id of the event
	Function   string // name
	Expression string // cron(...) or rate(...)
	Zone       string // IANA name, "UTC" where the template states none
	Input      string // the event, in which <aws.scheduler.scheduled-time> stands for the time
}

// Queue is one AWS::SQS::Queue that a function works through. Dead-letter queues are not among them.
type Queue struct {
	ID          string // logical id
	Name        string // what a sender calls it: "audit" for AuditQueue
	Visibility  time.Duration
	MaxReceive  int    // after so many tries a message is a dead letter
	Consumer    string // name of the function
	Concurrency int    // how many messages are worked on at once
}

// Values are what references in the template stand for.
type Values struct {
	Parameters map[string]string // by name; what is missing takes the template's default
	Refs       map[string]string // !Ref of a resource or pseudo parameter; what is missing is the name itself
	Attributes map[string]string // !GetAtt, by "LogicalId.Attribute"; what is missing is that text itself
}

// Function finds a function by name.
func (t *Template) Function(name string) (Function, bool) {
	for _, f := range t.Functions {
		if f.Name == name {
			return f, true
		}
	}
	return Function{}, false
}

// Load reads the template at path; see [Parse].
func Load(path string, values Values) (*Template, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return Parse(data, values)
}
