package goal

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// ErrExpr is what errors about the text of an expression wrap.
var ErrExpr = errors.New("not an expression over metrics")

// Expr is an expression that was read.
type Expr struct {
	Text    string
	Metrics []string // the metrics that it uses, such as success and p95(makespan)
	Fields  []string // the fields that it uses, such as backoffLimit
	program cel.Program
	bool    bool
}

// Values are the numbers that an expression is about, by the names of metrics and fields.
type Values map[string]float64

var (
	samples    = []string{"makespan", "pods", "ran", "wasted", "wait", "turnaround"}
	statistics = []string{"mean", "p50", "p90", "p95", "p99"}
	literal    = regexp.MustCompile(`\b(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(ms|s|m|h|d)?\b`)
	metric     = regexp.MustCompile(`\b(` + strings.Join(statistics, "|") + `)\s*\(\s*(` + strings.Join(samples, "|") +
		`)\s*\)|\b(success|cost)\b`)
	seconds = map[string]float64{"": 1, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400}
)

// maxMetrics bounds the metrics of one expression: their intervals are tried in every combination.
const maxMetrics = 8

// Goal reads an expression that is true or false. fields are the names of fields that it may use.
func Goal(text string, fields ...string) (*Expr, error) { return parse(text, true, fields) }

// Objective reads an expression that is a number.
func Objective(text string, fields ...string) (*Expr, error) { return parse(text, false, fields) }

func parse(text string, isGoal bool, fields []string) (*Expr, error) {
	e := &Expr{Text: text, bool: isGoal}
	for _, m := range metric.FindAllStringSubmatch(text, -1) {
		name := m[3]
		if name == "" {
			name = m[1] + "(" + m[2] + ")"
		}
		if !slices.Contains(e.Metrics, name) {
			e.Metrics = append(e.Metrics, name)
		}
	}
	for _, f := range fields {
		if regexp.MustCompile(`\b` + regexp.QuoteMeta(f) + `\b`).MatchString(text) {
			e.Fields = append(e.Fields, f)
		}
	}
	if len(e.Metrics) > maxMetrics {
		return nil, fmt.Errorf("%q: %w: %d metrics (allowed: %d)", text, ErrExpr, len(e.Metrics), maxMetrics)
	}
	env, err := environment(fields)
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(doubles(text))
	if issues.Err() != nil {
		return nil, fmt.Errorf("%q: %w (names: success, cost, mean, p50, p90, p95 or p99 of makespan, pods, ran, wasted%s): "+
			"%s", text, ErrExpr, withComma(fields), issues.Errors()[0].Message)
	}
	if want := map[bool]*cel.Type{true: cel.BoolType, false: cel.DoubleType}[isGoal]; !ast.OutputType().IsExactType(want) {
		return nil, fmt.Errorf("%q: %w: it is a %s (allowed: %s)", text, ErrExpr, ast.OutputType(), want)
	}
	e.program, err = env.Program(ast)
	return e, err
}

func withComma(fields []string) string {
	if len(fields) == 0 {
		return ""
	}
	return ", " + strings.Join(fields, ", ")
}

// doubles writes spans and whole numbers as doubles.
func doubles(text string) string {
	return literal.ReplaceAllStringFunc(text, func(m string) string {
		parts := literal.FindStringSubmatch(m)
		v, err := strconv.ParseFloat(parts[1], 64)
		if err != nil {
			return m
		}
		out := strconv.FormatFloat(v*seconds[parts[2]], 'f', -1, 64)
		if !strings.Contains(out, ".") {
			out += ".0"
		}
		return out
	})
}

// environment has the metrics as maps from the name of a statistic to its value, and statistics as functions of them.
func environment(fields []string) (*cel.Env, error) {
	sample := cel.MapType(cel.StringType, cel.DoubleType)
	options := []cel.EnvOption{cel.Variable("success", cel.DoubleType), cel.Variable("cost", cel.DoubleType)}
	for _, name := range samples {
		options = append(options, cel.Variable(name, sample))
	}
	for _, f := range fields {
		options = append(options, cel.Variable(f, cel.DoubleType))
	}
	for _, name := range statistics {
		options = append(options, cel.Function(name, cel.Overload(name, []*cel.Type{sample}, cel.DoubleType,
			cel.UnaryBinding(func(v ref.Val) ref.Val {
				m, ok := v.Value().(map[string]float64)
				if !ok {
					return types.NewErr("%s of something else than a metric", name)
				}
				return types.Double(m[name])
			}))))
	}
	return cel.NewEnv(options...)
}

func (e *Expr) eval(v Values) (any, error) {
	in := map[string]any{"success": v["success"], "cost": v["cost"]}
	for _, name := range samples {
		m := map[string]float64{}
		for _, s := range statistics {
			m[s] = v[s+"("+name+")"]
		}
		in[name] = m
	}
	for _, f := range e.Fields {
		in[f] = v[f]
	}
	out, _, err := e.program.Eval(in)
	if err != nil {
		return nil, fmt.Errorf("%q: %w: %w", e.Text, ErrExpr, err)
	}
	return out.Value(), nil
}

// Number is the value of an objective.
func (e *Expr) Number(v Values) (float64, error) {
	out, err := e.eval(v)
	if err != nil {
		return 0, err
	}
	n, ok := out.(float64)
	if !ok || math.IsNaN(n) {
		return 0, fmt.Errorf("%q: %w: its value is %v", e.Text, ErrExpr, out)
	}
	return n, nil
}

// Is is whether a goal is met.
func (e *Expr) Is(v Values) (bool, error) {
	out, err := e.eval(v)
	if err != nil {
		return false, err
	}
	is, _ := out.(bool)
	return is, nil
}
