'use strict';

const API = 'https://api.github.com';
const githubToken = '@@GITHUB_TOKEN@@';

async function pullRequest(repository, number) {
  const response = await fetch(`${API}/repos/${repository}/pulls/${number}`, {
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${githubToken}` },
  });
  if (!response.ok) {
    throw new Error(`pull request ${number} of ${repository}: status ${response.status}`);
  }
  return response.json();
}

module.exports = { pullRequest };
