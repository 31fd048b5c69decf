package samfile

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Parse reads a template. Everything wrong is reported at once, each with the logical id it stands under.
func Parse(data []byte, values Values) (*Template, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	if document.Kind != yaml.DocumentNode || document.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("template: not a YAML mapping")
	}
	p := parser{root: document.Content[0], template: &Template{}}
	p.resolver = resolver{values: values, defaults: map[string]string{}, resources: map[string]bool{}, mappings: child(p.root, "Mappings")}
	p.parameters()
	p.resources()
	if len(p.faults) > 0 {
		return nil, fmt.Errorf("template: %w", errors.Join(p.faults...))
	}
	return p.template, nil
}

type parser struct {
	resolver
	root     *yaml.Node
	template *Template
	faults   []error

	globals  functionProperties
	api      *apiProperties
	apiID    string
	queues   map[string]queueProperties // by logical id
	consumed map[string]consumer        // by the queue's logical id
}

type consumer struct {
	function    Function
	concurrency int
}

func (p *parser) fail(id, format string, args ...any) {
	p.faults = append(p.faults, fmt.Errorf("%s: "+format, append([]any{id}, args...)...))
}

// read resolves a node and decodes it. It reports whether that went well.
func (p *parser) read(id string, n *yaml.Node, into any) bool {
	if n == nil {
		return true
	}
	resolved, err := p.resolve(n)
	if err == nil {
		err = resolved.Decode(into)
	}
	if err != nil {
		p.fail(id, "%w", err)
	}
	return err == nil
}

// pairs visits a mapping in its order.
func pairs(n *yaml.Node, visit func(key string, value *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		visit(n.Content[i].Value, n.Content[i+1])
	}
}

func (p *parser) parameters() {
	known := map[string]bool{}
	pairs(child(p.root, "Parameters"), func(name string, n *yaml.Node) {
		known[name] = true
		if d := child(n, "Default"); d != nil {
			p.defaults[name] = d.Value
		}
	})
	for _, name := range slices.Sorted(maps.Keys(p.values.Parameters)) {
		if !known[name] {
			p.fail(name, "a value is given and the template has no such parameter")
		}
	}
}

func (p *parser) resources() {
	resources := child(p.root, "Resources")
	if resources == nil {
		p.fail("Resources", "missing")
		return
	}
	pairs(resources, func(id string, _ *yaml.Node) { p.resolver.resources[id] = true })
	p.read("Globals", child(child(p.root, "Globals"), "Function"), &p.globals)
	if keys := child(p.mappings, "Keys"); keys != nil {
		p.read("Mappings.Keys", keys, &p.template.Keys)
	}
	p.queues, p.consumed = map[string]queueProperties{}, map[string]consumer{}
	var order []string // of queues
	pairs(resources, func(id string, n *yaml.Node) {
		properties := child(n, "Properties")
		switch typ := child(n, "Type"); {
		case typ == nil:
			p.fail(id, "no Type")
		case typ.Value == "AWS::Serverless::HttpApi":
			if p.api != nil {
				p.fail(id, "a second HTTP API; only one is understood")
				return
			}
			p.api, p.apiID = &apiProperties{}, id
			p.read(id, properties, p.api)
		case typ.Value == "AWS::SQS::Queue":
			var q queueProperties
			if p.read(id, properties, &q) {
				p.queues[id] = q
				order = append(order, id)
			}
		}
	})
	pairs(resources, func(id string, n *yaml.Node) {
		if t := child(n, "Type"); t != nil && t.Value == "AWS::Serverless::Function" {
			p.function(id, child(n, "Properties"))
		}
	})
	p.routeSettings()
	p.workQueues(order)
}

type functionProperties struct {
	CodeUri     string `yaml:"CodeUri"`
	Timeout     int    `yaml:"Timeout"`
	MemorySize  int    `yaml:"MemorySize"`
	Reserved    int    `yaml:"ReservedConcurrentExecutions"`
	Environment struct {
		Variables map[string]string `yaml:"Variables"`
	} `yaml:"Environment"`
	Events yaml.Node `yaml:"Events"`
}

var codeURI = regexp.MustCompile(`^functions/([a-z]+)/lambda/?$`)

func (p *parser) function(id string, n *yaml.Node) {
	var own functionProperties
	if !p.read(id, n, &own) {
		return
	}
	m := codeURI.FindStringSubmatch(own.CodeUri)
	if m == nil {
		p.fail(id, "CodeUri is %q and must be functions/NAME/lambda", own.CodeUri)
		return
	}
	f := Function{ID: id, Name: m[1], Environment: map[string]string{}}
	if other, ok := p.template.Function(f.Name); ok {
		p.fail(id, "the code of %s too", other.ID)
	}
	// 3 seconds and 128 MB are Lambda's defaults.
	f.Timeout = time.Duration(first(own.Timeout, p.globals.Timeout, 3)) * time.Second
	f.Reserved = own.Reserved
	f.Memory = first(own.MemorySize, p.globals.MemorySize, 128)
	maps.Copy(f.Environment, p.globals.Environment.Variables)
	maps.Copy(f.Environment, own.Environment.Variables)
	p.template.Functions = append(p.template.Functions, f)
	pairs(&own.Events, func(name string, event *yaml.Node) { p.event(f, name, event) })
}

func first(values ...int) int {
	for _, v := range values {
		if v != 0 {
			return v
		}
	}
	return 0
}

func (p *parser) event(f Function, name string, n *yaml.Node) {
	id := f.ID + ".Events." + name
	typ, properties := "", child(n, "Properties")
	if t := child(n, "Type"); t != nil {
		typ = t.Value
	}
	if properties == nil {
		p.fail(id, "no Properties")
		return
	}
	switch typ {
	case "HttpApi":
		p.route(f, id, properties)
	case "ScheduleV2":
		p.schedule(f, name, id, properties)
	case "SQS":
		p.consume(f, id, properties)
	default:
		p.fail(id, "events of type %q are not understood; use HttpApi, ScheduleV2 or SQS", typ)
	}
}

func (p *parser) schedule(f Function, name, id string, n *yaml.Node) {
	var s struct {
		ScheduleExpression         string `yaml:"ScheduleExpression"`
		ScheduleExpressionTimezone string `yaml:"ScheduleExpressionTimezone"`
		Input                      string `yaml:"Input"`
	}
	if !p.read(id, n, &s) {
		return
	}
	if s.ScheduleExpression == "" {
		p.fail(id, "no ScheduleExpression")
	}
	if s.ScheduleExpressionTimezone == "" {
		s.ScheduleExpressionTimezone = "UTC" // EventBridge Scheduler's default
	}
	p.template.Schedules = append(p.template.Schedules, Schedule{
		Name: name, Function: f.Name, Expression: s.ScheduleExpression, Zone: s.ScheduleExpressionTimezone, Input: s.Input,
	})
}

type queueProperties struct {
	VisibilityTimeout int `yaml:"VisibilityTimeout"`
	RedrivePolicy     struct {
		Target     string `yaml:"deadLetterTargetArn"`
		MaxReceive int    `yaml:"maxReceiveCount"`
	} `yaml:"RedrivePolicy"`
}

// queueID finds the queue behind what !GetAtt Queue.Arn resolved to.
func (p *parser) queueID(arn string) string {
	for id := range p.queues {
		if own, err := p.attribute(&yaml.Node{Kind: yaml.ScalarNode, Value: id + ".Arn"}); err == nil && own == arn {
			return id
		}
	}
	return ""
}

func (p *parser) consume(f Function, id string, n *yaml.Node) {
	var e struct {
		Queue         string   `yaml:"Queue"`
		BatchSize     int      `yaml:"BatchSize"`
		Responses     []string `yaml:"FunctionResponseTypes"`
		ScalingConfig struct {
			MaximumConcurrency int `yaml:"MaximumConcurrency"`
		} `yaml:"ScalingConfig"`
	}
	if !p.read(id, n, &e) {
		return
	}
	queue := p.queueID(e.Queue)
	switch {
	case queue == "":
		p.fail(id, "Queue must be !GetAtt of a queue of this template and .Arn")
		return
	case !slices.Contains(e.Responses, "ReportBatchItemFailures"):
		p.fail(id, "FunctionResponseTypes must hold ReportBatchItemFailures, or a failed message counts as done")
	}
	if other, taken := p.consumed[queue]; taken {
		p.fail(id, "%s works through %s already", other.function.ID, queue)
	}
	p.consumed[queue] = consumer{f, first(e.ScalingConfig.MaximumConcurrency, 10)}
}

func (p *parser) workQueues(order []string) {
	dead := map[string]bool{}
	for _, q := range p.queues {
		dead[p.queueID(q.RedrivePolicy.Target)] = true
	}
	for _, id := range order {
		if dead[id] {
			continue
		}
		q, by := p.queues[id], p.consumed[id]
		visibility := time.Duration(first(q.VisibilityTimeout, 30)) * time.Second // SQS's default
		switch {
		case by.function.ID == "":
			p.fail(id, "no function works through this queue")
		case q.RedrivePolicy.MaxReceive < 1:
			p.fail(id, "RedrivePolicy states no maxReceiveCount")
		case visibility < 6*by.function.Timeout:
			p.fail(id, "VisibilityTimeout is %v and must be six times the timeout of %s, %v", visibility, by.function.ID, by.function.Timeout)
		}
		p.template.Queues = append(p.template.Queues, Queue{
			ID: id, Name: strings.ToLower(strings.TrimSuffix(id, "Queue")), Visibility: visibility,
			MaxReceive: q.RedrivePolicy.MaxReceive, Consumer: by.function.Name, Concurrency: by.concurrency,
		})
	}
}
