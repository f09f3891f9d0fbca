package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newValidate(s streams) *cobra.Command {
	var in input
	cmd := &cobra.Command{
		Use:   "validate (-f FILE | --scenario NAME)",
		Short: "say everything that is wrong with manifests and scenarios",
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := in.load(cmd, s, args)
			if err != nil {
				return err
			}
			for _, sc := range all {
				fmt.Fprintf(s.out, "scenario %s is valid: %d Jobs\n", sc.Name, len(sc.Manifests))
			}
			return nil
		},
	}
	in.flags(cmd)
	return cmd
}
