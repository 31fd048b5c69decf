package samfile

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// raw is the template with each intrinsic function written as "!Name argument", or !Name and a list.
func raw(t *testing.T) map[string]map[string]any {
	t.Helper()
	data, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Resources yaml.Node `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	plain(&document.Resources)
	var resources map[string]map[string]any
	if err := document.Resources.Decode(&resources); err != nil {
		t.Fatal(err)
	}
	return resources
}

func plain(n *yaml.Node) {
	if name, ok := strings.CutPrefix(n.Tag, "!"); ok && !strings.HasPrefix(name, "!") {
		switch n.Kind {
		case yaml.ScalarNode:
			n.Tag, n.Value = "!!str", "!"+name+" "+n.Value
		case yaml.SequenceNode:
			n.Tag = "!!seq"
			n.Content = append([]*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: "!" + name}}, n.Content...)
		}
	}
	for _, c := range n.Content {
		plain(c)
	}
}

// at walks into maps and lists by key and index.
func at(v any, path ...any) any {
	for _, p := range path {
		switch key := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[key]
		case int:
			l, _ := v.([]any)
			if key >= len(l) {
				return nil
			}
			v = l[key]
		}
	}
	return v
}

func list(v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			out = append(out, fmt.Sprint(e))
		}
	case nil:
	default:
		out = []string{fmt.Sprint(v)}
	}
	return out
}

func TestRolesReachNoMoreThanTheirOwn(t *testing.T) {
	resources := raw(t)
	template, err := Load("../../template.yaml", values)
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string][]string{
		"read":   {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem"},
		"put":    {"dynamodb:PutItem"},
		"delete": {"dynamodb:DeleteItem"},
	}
	for _, f := range template.Functions {
		if got, want := at(resources[f.ID], "Properties", "Role"), "!GetAtt "+f.ID+"Role.Arn"; got != want {
			t.Errorf("%s: role %v, want one of its own", f.ID, got)
		}
		granted := map[string]bool{}
		policies, _ := at(resources[f.ID+"Role"], "Properties", "Policies").([]any)
		if at(resources[f.ID+"Role"], "Properties", "ManagedPolicyArns") != nil || len(policies) != 1 {
			t.Errorf("%s: want one policy and no managed ones", f.ID)
		}
		statements, _ := at(policies, 0, "PolicyDocument", "Statement").([]any)
		for _, s := range statements {
			does := list(at(s, "Action"))
			for _, r := range list(at(s, "Resource")) {
				if !strings.HasPrefix(r, "!") {
					t.Errorf("%s: may %v on %s; name a resource of this template", f.ID, does, r)
				}
			}
			for _, action := range does {
				if strings.Contains(action, "*") {
					t.Errorf("%s: may %s; name each action", f.ID, action)
				}
			}
			if !strings.HasPrefix(does[0], "dynamodb:") {
				continue
			}
			keys := list(at(s, "Condition", "ForAllValues:StringLike", "dynamodb:LeadingKeys"))
			if len(keys) != 4 || keys[0] != "!FindInMap" || keys[1] != "Keys" || keys[2] != f.Name {
				t.Errorf("%s: may %v under the condition %v, want that of its own Keys", f.ID, does, keys)
				continue
			}
			granted[keys[3]] = true
			for _, action := range does {
				if !slices.Contains(actions[keys[3]], action) {
					t.Errorf("%s: may %s on the keys it may %s", f.ID, action, keys[3])
				}
			}
		}
		for action := range actions {
			if granted[action] != (len(template.Keys[f.Name][action]) > 0) {
				t.Errorf("%s: role and Keys disagree about %s", f.ID, action)
			}
		}
		for _, family := range append(template.Keys[f.Name]["delete"], template.Keys[f.Name]["put"]...) {
			if !slices.Contains(template.Keys[f.Name]["read"], family) {
				t.Errorf("%s: writes %s and does not read it", f.ID, family)
			}
		}
		for _, family := range []string{"status#*", "journal#*", "head"} {
			if slices.Contains(template.Keys[f.Name]["delete"], family) {
				t.Errorf("%s: deletes %s", f.ID, family)
			}
		}
	}
	writes := list(at(resources["StatusRole"], "Properties", "Policies", 0, "PolicyDocument", "Statement", 1, "Action"))
	if slices.Contains(writes, "dynamodb:PutItem") {
		t.Error("status may write")
	}
}

func TestWhatIsKeptIsKeptSafe(t *testing.T) {
	resources := raw(t)
	for _, c := range []struct {
		id   string
		path []any
		want string
	}{
		{"Table", []any{"Properties", "DeletionProtectionEnabled"}, "true"},
		{"Table", []any{"Properties", "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"}, "true"},
		{"Table", []any{"Properties", "SSESpecification", "SSEType"}, "KMS"},
		{"Table", []any{"Properties", "BillingMode"}, "PAY_PER_REQUEST"},
		{"Table", []any{"Properties", "TimeToLiveSpecification", "AttributeName"}, "x"},
		{"Table", []any{"Properties", "KeySchema", 0, "AttributeName"}, "p"},
		{"Table", []any{"Properties", "KeySchema", 1, "AttributeName"}, "s"},
		{"Table", []any{"DeletionPolicy"}, "Retain"},
		{"Table", []any{"UpdateReplacePolicy"}, "Retain"},
		{"Bucket", []any{"DeletionPolicy"}, "Retain"},
		{"Bucket", []any{"Properties", "VersioningConfiguration", "Status"}, "Enabled"},
		{"Bucket", []any{"Properties", "PublicAccessBlockConfiguration", "RestrictPublicBuckets"}, "true"},
		{"BucketPolicy", []any{"Properties", "PolicyDocument", "Statement", 0, "Condition", "Bool", "aws:SecureTransport"}, "false"},
		{"DataKey", []any{"DeletionPolicy"}, "Retain"},
		{"KeyringKey", []any{"DeletionPolicy"}, "Retain"},
		{"KeyringKey", []any{"Properties", "EnableKeyRotation"}, "true"},
	} {
		if got := fmt.Sprint(at(resources[c.id], c.path...)); got != c.want {
			t.Errorf("%s %v: %s, want %s", c.id, c.path, got, c.want)
		}
	}
	for id, r := range resources {
		switch r["Type"] {
		case "AWS::Logs::LogGroup":
			if at(r, "Properties", "RetentionInDays") == nil || at(r, "Properties", "KmsKeyId") == nil {
				t.Errorf("%s: without retention or key", id)
			}
		case "AWS::SQS::Queue":
			if at(r, "Properties", "KmsMasterKeyId") == nil {
				t.Errorf("%s: not under our key", id)
			}
		case "AWS::Serverless::Function":
			if at(r, "Metadata", "BuildMethod") != "go1.x" || at(r, "Properties", "LoggingConfig", "LogGroup") != "!Ref "+id+"Log" {
				t.Errorf("%s: build method or log group", id)
			}
			for _, alarm := range []string{"FunctionErrors", "FunctionThrottles"} {
				if !strings.Contains(fmt.Sprint(at(resources[alarm], "Properties", "Metrics")), "!Ref "+id+"]") {
					t.Errorf("%s does not look at %s", alarm, id)
				}
			}
			if at(resources[id+"ToldUs"], "Properties", "LogGroupName") != "!Ref "+id+"Log" {
				t.Errorf("%s: its alarm lines ring nothing", id)
			}
		case "AWS::CloudWatch::Alarm":
			if len(list(at(r, "Properties", "AlarmActions"))) == 0 {
				t.Errorf("%s rings at nobody", id)
			}
		}
	}
}
