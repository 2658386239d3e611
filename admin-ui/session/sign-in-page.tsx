import { Alert, Box, Paper, Stack, Typography } from '@mui/material';
import { useEffect, useRef, useState } from 'react';
import { useLogin } from 'react-admin';
import { Mark } from '../frame/mark.tsx';
import { problemOf } from '../provider/request.ts';
import { useSay, type Word } from '../say.ts';
import { beginSignIn } from './auth-provider.ts';
import { FactorForm } from './factor-form.tsx';
import { PasswordForm } from './password-form.tsx';

/** Two steps on one page: the directory password, then the factor. Every failure of either reads the same. */
export function SignInPage() {
  const say = useSay();
  const login = useLogin();
  const [stage, setStage] = useState<'password' | 'factor'>('password');
  const [problem, setProblem] = useState<Word | { text: string }>();
  const summary = useRef<HTMLDivElement>(null);

  useEffect(() => {
    document.title = `${problem ? 'Error: ' : ''}${say('page.signIn')} – ${say('product')}`;
    if (problem) summary.current?.focus();
  }, [problem, say]);

  const attempt = async (step: () => Promise<unknown>) => {
    setProblem(undefined);
    try {
      await step();
    } catch (error) {
      const { status, code, detail } = problemOf(error);
      if (status === 401) {
        // A refused code may be typed again while the first step stands; when that has lapsed, both are asked again.
        if (code !== 'sign-in-refused') setStage('password');
        setProblem('signIn.refused');
      } else if (status === 0) setProblem('problem.noAnswer');
      else setProblem(detail ? { text: detail } : 'problem.generic');
    }
  };

  return (
    <Box component="main" sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2, bgcolor: 'background.default' }}>
      <Paper sx={{ width: '100%', maxWidth: 440, p: { xs: 3, sm: 4 } }}>
        <Stack direction="row" spacing={1.25} sx={{ alignItems: 'center', mb: 3 }}>
          <Mark size={36} />
          <Typography component="span" sx={{ fontWeight: 700, fontSize: '1.125rem' }}>
            {say('product')}
          </Typography>
          <Typography component="span" color="textSecondary">
            {say('console')}
          </Typography>
        </Stack>
        <Typography component="h1" variant="h1">
          {say('page.signIn')}
        </Typography>
        <Typography color="textSecondary" sx={{ mt: 0.5, mb: 3 }}>
          {say('signIn.step', { step: stage === 'password' ? 1 : 2 })}
          {' · '}
          {say(stage === 'password' ? 'signIn.lead' : 'signIn.codeLead')}
        </Typography>
        {problem && (
          <Alert severity="error" ref={summary} tabIndex={-1} sx={{ mb: 3 }}>
            <Typography component="h2" variant="h3">
              {say('signIn.problem')}
            </Typography>
            {typeof problem === 'string' ? say(problem) : problem.text}
          </Alert>
        )}
        {stage === 'password' ? (
          <PasswordForm
            onSubmit={(account, password) =>
              attempt(async () => {
                await beginSignIn(account, password);
                setStage('factor');
              })
            }
          />
        ) : (
          <FactorForm onSubmit={(totp) => attempt(() => login({ totp }))} onAgain={() => setStage('password')} />
        )}
      </Paper>
    </Box>
  );
}
