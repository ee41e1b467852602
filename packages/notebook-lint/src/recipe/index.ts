export { type RecipeOptions, readRecipe } from './read-recipe.ts';
export type {
  ArgumentFact,
  ClusteringFact,
  Fact,
  Formula,
  FunctionSource,
  Metric,
  ModelFact,
  Origin,
  OutputFact,
  Question,
  Recipe,
  SourceFact,
  SplitFact,
  StepFact,
  Test,
  TimeFact,
} from './recipe.ts';
export { columnsIn as columnsOf } from './trace/table.ts';
