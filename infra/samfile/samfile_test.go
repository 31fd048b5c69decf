package samfile

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var values = Values{
	Parameters: map[string]string{"Issuer": "http://127.0.0.1:8080"},
	Refs:       map[string]string{"Table": "shixin-local", "AuditQueue": "http://127.0.0.1:9/audit"},
}

func TestTheTemplate(t *testing.T) {
	got, err := Load("../../template.yaml", values)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range got.Functions {
		names = append(names, f.Name)
		if f.Environment["SHIXIN_TABLE"] != "shixin-local" || f.Environment["SHIXIN_ISSUER"] != "http://127.0.0.1:8080" || f.Environment["SHIXIN_AUDIENCE"] != "shixin" {
			t.Errorf("%s: environment of Globals is missing: %v", f.ID, f.Environment)
		}
		if len(got.Keys[f.Name]["read"]) == 0 {
			t.Errorf("%s: may read no keys", f.Name)
		}
	}
	if want := []string{"registry", "status", "compliance", "auditplan", "auditwork", "search", "indexer", "screenwork", "adoption", "clock", "querylog", "watch", "publisher"}; !slices.Equal(names, want) {
		t.Errorf("functions %v, want %v", names, want)
	}
	if len(got.Keys["status"]["put"])+len(got.Keys["status"]["delete"]) > 0 {
		t.Error("status may write")
	}
	open := map[string]bool{}
	for _, key := range []string{
		"GET /v1/regimes", "GET /v1/regimes/{id}", "GET /v1/indicators", "GET /v1/listings/{id}", "GET /v1/listings/{id}/distinctions", "GET /v1/status/{scheme}/{value}",
		"POST /v1/search",
		"GET /v1/rectifications", "GET /v1/ladder", "GET /v1/statistics",
	} {
		open[key] = true
	}
	for _, r := range got.Routes {
		if r.Authorizer == open[r.Key()] {
			t.Errorf("%s: authorizer %v", r.Key(), r.Authorizer)
		}
		if r.Rate < 2000 || r.Burst < 2000 {
			t.Errorf("%s: limited to %v/s, %d at once; the contract promises 2,000", r.Key(), r.Rate, r.Burst)
		}
	}
	if len(got.Routes) < 30 {
		t.Errorf("%d routes", len(got.Routes))
	}
	compliance, _ := got.Function("compliance")
	if compliance.Environment["SHIXIN_QUEUE_AUDIT"] != "http://127.0.0.1:9/audit" || compliance.Timeout != 30*time.Second || compliance.Memory != 1024 {
		t.Errorf("compliance: %+v", compliance)
	}
	want := []Queue{
		{ID: "AuditQueue", Name: "audit", Visibility: 6 * time.Minute, MaxReceive: 5, Consumer: "auditwork", Concurrency: 16},
		{ID: "AdoptionQueue", Name: "adoption", Visibility: 6 * time.Minute, MaxReceive: 5, Consumer: "adoption", Concurrency: 2},
		{ID: "QuerylogQueue", Name: "querylog", Visibility: 6 * time.Minute, MaxReceive: 100, Consumer: "querylog", Concurrency: 8},
		{ID: "IndexQueue", Name: "index", Visibility: 15 * time.Minute, MaxReceive: 5, Consumer: "indexer", Concurrency: 2},
		{ID: "ScreeningQueue", Name: "screening", Visibility: 6 * time.Minute, MaxReceive: 5, Consumer: "screenwork", Concurrency: 8},
		{ID: "PublisherQueue", Name: "publisher", Visibility: 6 * time.Minute, MaxReceive: 5, Consumer: "publisher", Concurrency: 16},
	}
	if !slices.Equal(got.Queues, want) {
		t.Errorf("queues %+v", got.Queues)
	}
	var due []string
	for _, s := range got.Schedules {
		due = append(due, s.Function+" "+s.Expression+" "+s.Zone)
		if !strings.Contains(s.Input, "<aws.scheduler.scheduled-time>") {
			t.Errorf("%s %s is not told its time", s.Function, s.Name)
		}
	}
	if want := []string{"auditplan cron(0 2 * * ? *) Asia/Shanghai", "indexer rate(15 minutes) UTC", "clock cron(5 0 * * ? *) Asia/Shanghai", "clock rate(15 minutes) UTC"}; !slices.Equal(due, want) {
		t.Errorf("schedules %q, want %q", due, want)
	}
}

const small = `
Parameters:
  Issuer: {Type: String}
  Suffix: {Type: String, Default: x}
Mappings: {Keys: {one: {read: [a, 'b#*']}}, Sizes: {small: {memory: 256}}}
Globals: {Function: {Timeout: 10, Environment: {Variables: {WHERE: !Ref Issuer, BOTH: globals}}}}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth: {DefaultAuthorizer: Token, Authorizers: {Token: {}}}
      RouteSettings: {'GET /v1/a': {ThrottlingRateLimit: 7}}
  Table: {Type: AWS::DynamoDB::Table}
  Dead: {Type: AWS::SQS::Queue}
  WorkQueue:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}
  One:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/one/lambda
      MemorySize: !FindInMap [Sizes, small, memory]
      Environment:
        Variables:
          BOTH: {'Fn::Sub': ['${Table}/${Table.Arn}/${AWS::Region}/${own}/${!kept}', {own: !Ref Suffix}]}
          JOINED: !Join ['-', [!Ref Suffix, y]]
      Events:
        A: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: /v1/a, Auth: {Authorizer: NONE}}}
        B: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: '/v1/a/{id}'}}
        C: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}
        D: {Type: SQS, Properties: {Queue: !GetAtt WorkQueue.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}}
`

func TestReferences(t *testing.T) {
	got, err := Parse([]byte(small), Values{
		Parameters: map[string]string{"Issuer": "i"},
		Refs:       map[string]string{"AWS::Region": "here", "Table": "t"},
		Attributes: map[string]string{"WorkQueue.Arn": "arn:work"},
	})
	if err != nil {
		t.Fatal(err)
	}
	f, _ := got.Function("one")
	for name, want := range map[string]string{"WHERE": "i", "BOTH": "t/Table.Arn/here/x/${kept}", "JOINED": "x-y"} {
		if f.Environment[name] != want {
			t.Errorf("%s is %q, want %q", name, f.Environment[name], want)
		}
	}
	if f.Memory != 256 || f.Timeout != 10*time.Second {
		t.Errorf("%+v", f)
	}
	if want := []Route{{"one", "GET", "/v1/a", false, 7, 5000}, {"one", "POST", "/v1/a/{id}", true, 10000, 5000}}; !slices.Equal(got.Routes, want) {
		t.Errorf("routes %+v", got.Routes)
	}
	if len(got.Queues) != 1 || got.Queues[0].Consumer != "one" || got.Queues[0].MaxReceive != 3 {
		t.Errorf("queues %+v", got.Queues)
	}
}

func TestBrokenTemplates(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"not YAML":                  {small, "a: [", "template:"},
		"not a mapping":             {small, "- a", "not a YAML mapping"},
		"no resources":              {small, "Parameters: {Issuer: {}}", "Resources: missing"},
		"parameter without a value": {"!Ref Suffix, y", "!Ref Nowhere, y", `One: line 26: Join: line 26: Ref: "Nowhere"`},
		"unknown attribute":         {"${Table.Arn}", "${Chair.Arn}", `One: line 25: Sub: "Chair.Arn"`},
		"unknown function":          {"!Join ['-', [!Ref Suffix, y]]", "!If [a, b, c]", "One: line 26: If: this function is not understood"},
		"code elsewhere":            {"CodeUri: functions/one/lambda", "CodeUri: functions/one", `One: CodeUri is "functions/one"`},
		"event of another type":     {"{Type: ScheduleV2", "{Type: Schedule", "One.Events.C: events of type"},
		"schedule without a time":   {"ScheduleExpression: rate(1 day)", "Input: x", "One.Events.C: no ScheduleExpression"},
		"another API":               {"{ApiId: !Ref Api, Method: POST", "{Method: POST", "One.Events.B: ApiId must be"},
		"two routes alike":          {"Method: POST, Path: '/v1/a/{id}'", "Method: GET, Path: /v1/a", "One.Events.B: GET /v1/a is a route of one already"},
		"wrong path":                {"Path: '/v1/a/{id}'", "Path: '/v1/a/'", `One.Events.B: Path "/v1/a/"`},
		"wrong method":              {"Method: POST", "Method: ANY", `One.Events.B: Method "ANY"`},
		"unknown authorizer":        {"Authorizer: NONE", "Authorizer: Other", `One.Events.A: Authorizer "Other"`},
		"limit of no route":         {"'GET /v1/a':", "'GET /v1/b':", `Api: RouteSettings name "GET /v1/b"`},
		"open route without limit":  {"RouteSettings: {'GET /v1/a': {ThrottlingRateLimit: 7}}", "RouteSettings: {}", "Api: GET /v1/a asks for no token"},
		"queue of nobody":           {"!GetAtt WorkQueue.Arn", "!GetAtt Dead.Arn", "WorkQueue: no function works through this queue"},
		"queue elsewhere":           {"Queue: !GetAtt WorkQueue.Arn", "Queue: 'arn:elsewhere'", "One.Events.D: Queue must be"},
		"failures not reported":     {", FunctionResponseTypes: [ReportBatchItemFailures]", "", "One.Events.D: FunctionResponseTypes"},
		"visibility too short":      {"VisibilityTimeout: 60", "VisibilityTimeout: 59", "WorkQueue: VisibilityTimeout is 59s and must be six times"},
		"no dead letters":           {"maxReceiveCount: 3", "a: 3", "WorkQueue: RedrivePolicy"},
		"alias":                     {"{own: !Ref Suffix}", "&a {own: *a}", "One: line 25"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(small, c.old) {
				t.Fatal("the test breaks nothing")
			}
			_, err := Parse([]byte(strings.Replace(small, c.old, c.new, 1)), Values{Parameters: map[string]string{"Issuer": "i"}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
	if _, err := Parse([]byte(small), Values{Parameters: map[string]string{"Issuer": "i", "Isuer": "i"}}); err == nil || !strings.Contains(err.Error(), "Isuer: a value is given") {
		t.Errorf("a mistyped parameter: %v", err)
	}
	if _, err := Load("nowhere.yaml", Values{}); err == nil {
		t.Error("a missing file was read")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Parse(data, Values{Parameters: map[string]string{"Issuer": "i"}})
		if (err == nil) != (got != nil) {
			t.Error("neither a template nor an error")
		}
	})
}
