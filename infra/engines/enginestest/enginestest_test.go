package enginestest_test

import (
	"net/http"
	"testing"

	"shixin/infra/engines/enginestest"
)

func TestServersAnswer(t *testing.T) {
	for name, start := range map[string]func(testing.TB) string{"dynoxide": enginestest.Dynoxide, "moto": enginestest.Moto} {
		t.Run(name, func(t *testing.T) {
			var endpoint string
			t.Run("while the test runs", func(t *testing.T) {
				endpoint = start(t)
				answer, err := http.Get(endpoint)
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
			})
			if endpoint == "" {
				t.Skip("not installed")
			}
			if answer, err := http.Get(endpoint); err == nil {
				answer.Body.Close()
				t.Error("it goes on after the test")
			}
		})
	}
}
