import { Stack, Typography } from '@mui/material';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Empty } from '../frame/empty.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useSay } from '../say.ts';
import { CloseForm } from './close-form.tsx';
import { ReviewFacts } from './review-facts.tsx';
import { useReviews } from './use-reviews.ts';

/** Every break-glass that somebody still has to look at, and those that were. */
export function ReviewsPage() {
  return (
    <Gate page="reviews">
      <Reviews />
    </Gate>
  );
}

const LIST = { listStyle: 'none', m: 0, p: 0 };

function Reviews() {
  const say = useSay();
  const { data: reviews, error, refetch } = useReviews();
  if (error && !reviews) return <Unreadable error={error} page="reviews" onRetry={() => void refetch()} />;
  if (!reviews)
    return (
      <Page title={say('page.reviews')}>
        <Waiting />
      </Page>
    );
  const open = reviews.filter(({ state }) => state === 'open');
  const closed = reviews.filter(({ state }) => state === 'closed');
  return (
    <Page title={say('page.reviews')} lead={say('reviews.lead')}>
      <Section title={say('reviews.open')}>
        {open.length === 0 && <Empty title={say('reviews.openNone')} />}
        <Stack component="ul" spacing={4} sx={LIST}>
          {open.map((review) => (
            <Stack component="li" key={review.id} spacing={2}>
              <ReviewFacts review={review} />
              <CloseForm review={review} />
            </Stack>
          ))}
        </Stack>
      </Section>
      <Section title={say('reviews.closed')}>
        {closed.length === 0 && <Typography color="textSecondary">{say('reviews.closedNone')}</Typography>}
        <Stack component="ul" spacing={3} sx={LIST}>
          {closed.map((review) => (
            <li key={review.id}>
              <ReviewFacts review={review} />
            </li>
          ))}
        </Stack>
      </Section>
    </Page>
  );
}
