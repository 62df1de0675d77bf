package inventory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// Bounds of an expression, so that no filter runs long or large whoever writes it.
const (
	mostExpression = 1000 // characters
	mostNodes      = 200
	mostElements   = 10_000 // that one evaluation may create
)

// functions are the built-in functions of an expression; each costs at most one pass over a text or a list.
var functions = []string{"all", "any", "none", "len", "lower", "upper", "trim", "abs", "floor", "ceil", "round"}

// Filter is a compiled expression that selects servers, for instance
//
//	environment == "Prod" and os contains "2019" and (free_gb < 10 or "SQL" in applications)
//
// FilterFields lists what an expression can ask.
type Filter struct {
	expression string
	program    *vm.Program
}

// CompileFilter checks an expression and prepares it. The error is one line that says what is wrong, where, and which
// fields there are.
func CompileFilter(expression string) (*Filter, error) {
	if n := utf8.RuneCountInString(expression); n > mostExpression {
		return nil, fmt.Errorf("filter: %d characters, at most %d are possible", n, mostExpression)
	}
	if strings.TrimSpace(expression) == "" {
		return nil, errors.New("filter: the expression is empty, expected for instance environment == \"Prod\"")
	}
	limits := &limitVisitor{}
	options := []expr.Option{
		expr.Env(filterEnvironment{}), expr.AsBool(), expr.WarnOnAny(), expr.MaxNodes(mostNodes), expr.Patch(limits), expr.DisableAllBuiltins(),
	}
	for _, name := range functions {
		options = append(options, expr.EnableBuiltin(name))
	}
	program, err := expr.Compile(expression, options...)
	if err == nil {
		err = limits.err
	}
	if err != nil {
		return nil, explainFilter(err)
	}
	return &Filter{expression: expression, program: program}, nil
}

// Match tells whether the filter selects the server.
func (f *Filter) Match(s Server) (bool, error) {
	machine := vm.VM{MemoryBudget: mostElements}
	result, err := machine.Run(f.program, newFilterEnvironment(&s))
	if err != nil {
		return false, fmt.Errorf("filter on %s: %s", s.Name, oneLine(err))
	}
	selected, ok := result.(bool)
	if !ok {
		return false, fmt.Errorf("filter on %s: the expression gives %T, expected true or false", s.Name, result)
	}
	return selected, nil
}

func (f *Filter) String() string { return f.expression }

// limitVisitor refuses what could run long or grow large: ranges, loops inside loops, variables (texts that double), all
// functions but the listed ones, and patterns that are made while the expression runs.
type limitVisitor struct{ err error }

func (l *limitVisitor) Visit(node *ast.Node) {
	if l.err == nil {
		l.err = refuse(*node)
	}
}

func refuse(node ast.Node) error {
	switch n := node.(type) {
	case *ast.BinaryNode:
		_, constant := n.Right.(*ast.StringNode)
		switch {
		case n.Operator == "..":
			return errors.New("ranges (..) are not possible")
		case n.Operator == "matches" && !constant:
			return errors.New("the right side of matches must be a text in quotes")
		}
	case *ast.VariableDeclaratorNode:
		return errors.New("variables (let) are not possible")
	case *ast.IdentifierNode:
		if n.Value == "$env" {
			return errors.New("unknown name $env")
		}
	case *ast.BuiltinNode:
		if !slices.Contains(functions, n.Name) {
			return fmt.Errorf("the function %s is not possible, only %s are", n.Name, strings.Join(functions, ", "))
		}
	case *ast.PredicateNode:
		inner := &loopFinder{}
		ast.Walk(&n.Node, inner)
		if inner.found {
			return errors.New("any, all and none cannot stand inside one another")
		}
	}
	return nil
}

type loopFinder struct{ found bool }

func (l *loopFinder) Visit(node *ast.Node) {
	if _, ok := (*node).(*ast.PredicateNode); ok {
		l.found = true
	}
}

// explainFilter makes one line of the compiler's error and adds the fields.
func explainFilter(err error) error {
	return fmt.Errorf("filter: %s; fields: %s", oneLine(err), strings.Join(FilterFields(), ", "))
}

// oneLine gives an error of the expression library on one line, without characters that could command a terminal.
func oneLine(err error) string {
	message, place := err.Error(), ""
	var located *file.Error
	if errors.As(err, &located) {
		message, place = located.Message, fmt.Sprintf(" (column %d)", located.Column+1)
	}
	printed := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, message)
	return strings.Join(strings.Fields(printed), " ") + place
}
